import { claims, obligations } from '@triflow/contracts/schemas';
import {
  act,
  debtOf,
  financedClaim,
  GROSS,
  matured,
  onClaim,
  payClaim,
  toDay,
} from '@triflow/contracts/testkit/claims';
import { dueMinor, surplusMinor } from '@triflow/contracts/testkit/financeTerms';
import { prepare } from '@triflow/contracts/testkit/orders';
import { describe, expect, it } from 'vitest';

describe('766, 767 recourse', () => {
  it('collected 100, due 90: with recourse 10 go back, without it all is kept', () => {
    expect(surplusMinor(100n, 90n, true)).toBe(10n);
    expect(surplusMinor(100n, 90n, false)).toBe(0n);
    expect(surplusMinor(80n, 90n, true)).toBe(0n);
  });

  it('with recourse the surplus over advance, interest and costs is owed to the assignor', () => {
    const world = collected({ costsMinor: 300n });
    const { surplusObligation = '', financing } = world.must(claims, 'rv_1');
    const surplus = world.must(obligations, surplusObligation);
    expect(surplus).toMatchObject({ debtor: world.id('lender'), creditor: world.id('seller') });
    expect(financing?.discountMinor).toBe(628n);
    expect(surplus.amount.minor).toBe(GROSS - 100_000n - 628n - 300n);
  });

  it('without recourse the factor keeps it', () => {
    const world = collected({ recourse: false });
    expect(world.must(claims, 'rv_1')).toMatchObject({ state: 'REDEEMED' });
    expect(world.must(claims, 'rv_1').surplusObligation).toBeUndefined();
  });

  it('766: the factor turns to debtor or assignor; 767: without recourse to the debtor only', () => {
    for (const recourse of [true, false]) {
      const world = matured(financedClaim({ recourse }));
      toDay(world, debtOf(world).due + 1);
      const code = recourse ? 'success' : 'no_recourse_agreed';
      expect(onClaim(world, 'lender', 'exercise_recourse').code).toBe(code);
    }
  });

  it('interest on the advance runs on after maturity, rounded once with the discount', () => {
    const { financing } = financedClaim().must(claims, 'rv_1');
    if (financing === undefined) return expect.fail('it is financed');
    const at = (day: number) => dueMinor(GROSS, financing, { maturity: 100, day });
    expect(at(100)).toBe(100_628n);
    expect(at(99)).toBe(100_628n);
    expect(at(109)).toBe(100_728n);
  });
});

function collected(terms: Parameters<typeof financedClaim>[0]) {
  const world = matured(financedClaim(terms));
  prepare(payClaim(world, 'pp_1', { payee: 'lender', minor: GROSS }));
  prepare(act(world, 'third', 'redeem', { id: 'rv_1' }));
  return world;
}
