import { compareText, type Day, defined, shareProRata } from '@triflow/protocol';
import type { Allocation, Obligation } from './schema.js';
import { takes } from './settlement.js';

/**
 * Shares a payment among several debts when the debtor is silent (Civil Code 560): due debts
 * first, then the least secured, then the heaviest, then the earliest due, equals pro rata (R4).
 */
export function allocateByRule(
  debts: readonly Obligation[],
  day: Day,
  payment: Obligation['payments'][number],
): Allocation[] {
  const { minor } = payment;
  const sorted = [...debts].sort((a, b) => rank(a, b, day) || compareText(a.id, b.id));
  const allocations: Allocation[] = [];
  let left = minor;
  for (const group of groups(sorted, day)) {
    if (left === 0n) break;
    const owed = group.map((debt) => takes(debt, payment));
    const total = owed.reduce((sum, one) => sum + one, 0n);
    const shares = total <= left ? owed : defined(shareProRata(left, owed), 'more than nothing');
    for (const [index, debt] of group.entries()) {
      const share = shares[index] ?? 0n;
      if (share > 0n) allocations.push({ obligation: debt.id, minor: share });
      left -= share;
    }
  }
  return allocations;
}

function rank(a: Obligation, b: Obligation, day: Day): number {
  return (
    Number(a.due > day) - Number(b.due > day) ||
    compareSecurity(a, b) ||
    b.burdenBps - a.burdenBps ||
    a.due - b.due
  );
}

/** By the secured share of what is open, cross-multiplied (R1): the least secured first. */
function compareSecurity(a: Obligation, b: Obligation): number {
  const left = a.securedMinor * principalOpen(b);
  const right = b.securedMinor * principalOpen(a);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function principalOpen({ amount, paidMinor }: Obligation): bigint {
  return amount.minor > paidMinor ? amount.minor - paidMinor : 0n;
}

function groups(sorted: readonly Obligation[], day: Day): Obligation[][] {
  const found: Obligation[][] = [];
  for (const debt of sorted) {
    const last = found.at(-1);
    const first = last?.[0];
    if (last !== undefined && first !== undefined && rank(first, debt, day) === 0) last.push(debt);
    else found.push([debt]);
  }
  return found;
}
