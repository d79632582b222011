import { type Day, divideHalfEven } from '@triflow/protocol';
import { lesser } from '../lesser.js';
import type { Obligation } from './schema.js';

type Owed = Pick<
  Obligation,
  'amount' | 'costsMinor' | 'interestMinor' | 'due' | 'late' | 'payments'
>;

/** What is open of an obligation on a day, in minor units, and what its payments went to. */
export interface Settlement {
  readonly costsMinor: bigint;
  /** Agreed and late interest. */
  readonly interestMinor: bigint;
  readonly principalMinor: bigint;
  readonly openMinor: bigint;
  /** Late interest up to the day, paid or not. */
  readonly lateMinor: bigint;
  readonly paid: {
    readonly costsMinor: bigint;
    readonly interestMinor: bigint;
    readonly principalMinor: bigint;
  };
  /** What was paid beyond all that was owed: nothing, by the guards of `allocate`. */
  readonly excessMinor: bigint;
}

/**
 * Runs an obligation's payments by value day: late interest on open principal, from the day after
 * the last day of payment; each payment goes to costs, interest, principal (Civil Code 561). The
 * sum of principal × rate × days stays exact; interest is rounded half to even where it is paid or
 * asked for (R2).
 */
export function settlementOn(obligation: Owed, day: Day): Settlement {
  const { rateBps = 0, dayCount = 1 } = obligation.late ?? {};
  const divisor = 10_000n * BigInt(dayCount);
  const { minor } = obligation.amount;
  const costs = lesser(obligation.costsMinor, minor);
  const agreed = lesser(obligation.interestMinor, minor - costs);
  let principal = minor - costs - agreed;
  let weighted = 0n;
  let upTo = obligation.due;
  const paid = { costsMinor: 0n, interestMinor: 0n, principalMinor: 0n };
  let excessMinor = 0n;
  const late = () => divideHalfEven(weighted * BigInt(rateBps), divisor);
  const accrue = (to: Day) => {
    if (to <= upTo) return;
    weighted += principal * BigInt(to - upTo);
    upTo = to;
  };
  for (const payment of byValueDay(obligation.payments)) {
    accrue(payment.valueDay);
    const toCosts = lesser(payment.minor, costs - paid.costsMinor);
    const interestOpen = agreed + late() - paid.interestMinor;
    const toInterest = lesser(payment.minor - toCosts, interestOpen);
    const toPrincipal = lesser(payment.minor - toCosts - toInterest, principal);
    paid.costsMinor += toCosts;
    paid.interestMinor += toInterest;
    paid.principalMinor += toPrincipal;
    principal -= toPrincipal;
    excessMinor += payment.minor - toCosts - toInterest - toPrincipal;
  }
  accrue(day);
  const costsMinor = costs - paid.costsMinor;
  const lateMinor = late();
  const interestMinor = agreed + lateMinor - paid.interestMinor;
  const openMinor = costsMinor + interestMinor + principal;
  const open = { costsMinor, interestMinor, principalMinor: principal, openMinor };
  return { ...open, lateMinor, paid, excessMinor };
}

/** The last day on which something was paid; the last day of payment before anything was. */
export function lastPaidDay({ payments, due }: Pick<Obligation, 'payments' | 'due'>): Day {
  return payments.length === 0 ? due : Math.max(...payments.map((one) => one.valueDay));
}

/**
 * How much of a payment of a day an obligation can take. Where later payments stand in it already
 * they then cost less interest, so the most is searched for that leaves none of them over.
 */
export function takes(obligation: Owed, payment: Obligation['payments'][number]): bigint {
  const day = Math.max(lastPaidDay(obligation), payment.valueDay);
  let high = lesser(payment.minor, settlementOn(obligation, day).openMinor);
  const isOver = (minor: bigint) => {
    const payments = [...obligation.payments, { ...payment, minor }];
    return settlementOn({ ...obligation, payments }, day).excessMinor > 0n;
  };
  if (!isOver(high)) return high;
  let low = 0n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (isOver(middle)) high = middle;
    else low = middle;
  }
  return low;
}

/** Equal days in the order of allocation; the sort is stable. */
function byValueDay(payments: Obligation['payments']): Obligation['payments'] {
  return [...payments].sort((a, b) => a.valueDay - b.valueDay);
}
