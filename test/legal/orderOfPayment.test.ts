import { obligations } from '@triflow/contracts/schemas';
import { owe, paymentWorld, prove } from '@triflow/contracts/testkit/payments';
import { settlementOn } from '@triflow/contracts/testkit/settlement';
import { dayFromTime } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';

type World = ReturnType<typeof paymentWorld>;

describe('561 order of payment', () => {
  it('costs 5, interest 10, principal 100, paid 12: 5, 7, 0', () => {
    const world = paymentWorld();
    owe(world, 'ob_1', 115n, { costsMinor: 5n, interestMinor: 10n });
    prove(world, 'pp_1', 12n);
    byRule(world);
    const { paid, openMinor } = settlementOn(world.must(obligations, 'ob_1'), day(world));
    expect(paid).toEqual({ costsMinor: 5n, interestMinor: 7n, principalMinor: 0n });
    expect(openMinor).toBe(103n);
  });
});

describe('560 several debts, the debtor silent', () => {
  it('what is due comes first', () => {
    expect(paid({ ob_1: { due: 5 }, ob_2: { due: -1 } }, 100n)).toEqual([0n, 100n]);
  });

  it('then what is least secured', () => {
    const debts = { ob_1: { due: -1, securedMinor: 100n }, ob_2: { due: -1, securedMinor: 50n } };
    expect(paid(debts, 100n)).toEqual([0n, 100n]);
  });

  it('then what weighs heaviest', () => {
    const debts = { ob_1: { due: -1, burdenBps: 400 }, ob_2: { due: -1, burdenBps: 500 } };
    expect(paid(debts, 100n)).toEqual([0n, 100n]);
  });

  it('then what was due first', () => {
    expect(paid({ ob_1: { due: -1 }, ob_2: { due: -2 } }, 100n)).toEqual([0n, 100n]);
  });

  it('and equals share pro rata, the largest remainder first', () => {
    expect(paid({ ob_1: { due: -1 }, ob_2: { due: -1 } }, 101n)).toEqual([51n, 50n]);
  });

  it('the debtor’s own choice goes before all of it', () => {
    const world = paymentWorld();
    owe(world, 'ob_1', 100n, { due: day(world) - 1 });
    owe(world, 'ob_2', 100n, { due: day(world) + 9 });
    prove(world, 'pp_1', 100n);
    const allocations = [{ obligation: 'ob_2', minor: 100n }];
    const params = { id: 'pp_1', expectedVersion: 1, allocations };
    expect(world.submit('buyer', 'payment', 'allocate', params).code).toBe('success');
    expect(world.must(obligations, 'ob_2').state).toBe('PAID');
  });
});

interface Debt {
  readonly due: number;
  readonly securedMinor?: bigint;
  readonly burdenBps?: number;
}

/** What two debts of 100 each get of a payment; `due` counts from today. */
function paid(debts: Readonly<Record<string, Debt>>, minor: bigint): bigint[] {
  const world = paymentWorld();
  for (const [id, { due, ...terms }] of Object.entries(debts)) {
    owe(world, id, 100n, { ...terms, due: day(world) + due });
  }
  prove(world, 'pp_1', minor);
  byRule(world);
  return Object.keys(debts).map((id) => world.must(obligations, id).paidMinor);
}

function byRule(world: World): void {
  const params = { id: 'pp_1', expectedVersion: 1 };
  expect(world.submit('bank', 'payment', 'allocate', params).code).toBe('success');
}

function day(world: World): number {
  return dayFromTime(world.nowMs());
}
