import { divideHalfEven } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accrueTo, applyPayment, noDebt, owedOn } from './interest.js';
import type { Debt } from './schema.js';

const rate = { rateBps: 600, dayCount: 360 as const };

function drawn(principalMinor: bigint, day = 100): Debt {
  return { ...noDebt(day), principalMinor };
}

describe('interest', () => {
  it('is principal * rate * days / (10000 * day count), the day of payment not counted', () => {
    expect(owedOn(drawn(428_904_000n), rate, 130).interestMinor).toBe(2_144_520n);
    expect(owedOn(drawn(428_904_000n), rate, 100).interestMinor).toBe(0n);
    expect(owedOn(drawn(428_904_000n), { rateBps: 600, dayCount: 365 }, 130).interestMinor).toBe(
      2_115_143n,
    );
  });

  it('rounds half to even, once', () => {
    const half = { rateBps: 10_000, dayCount: 360 as const };
    expect(owedOn(drawn(180n), half, 101).interestMinor).toBe(0n);
    expect(owedOn(drawn(540n), half, 101).interestMinor).toBe(2n);
    expect(owedOn(drawn(181n), half, 101).interestMinor).toBe(1n);
  });

  it('does not depend on how often it is carried forward', () => {
    let often = drawn(1_234_567n);
    for (let day = 101; day <= 465; day += 1) often = accrueTo(often, rate, day);
    expect(owedOn(often, rate, 465)).toEqual(owedOn(drawn(1_234_567n), rate, 465));
  });

  it('does not run backwards', () => {
    const debt = accrueTo(drawn(1_000_000n), rate, 200);
    expect(accrueTo(debt, rate, 150)).toEqual(debt);
  });

  it('stays exact across changes of principal', () => {
    const change = fc.record({
      days: fc.integer({ min: 0, max: 400 }),
      principal: fc.bigInt(0n, 10n ** 15n),
    });
    const rates = fc.record({
      rateBps: fc.integer({ min: 0, max: 10_000 }),
      dayCount: fc.constantFrom(360 as const, 365 as const),
    });
    fc.assert(
      fc.property(rates, fc.array(change, { maxLength: 12 }), (terms, changes) => {
        let debt = noDebt(0);
        let day = 0;
        let exact = 0n;
        for (const { days, principal } of changes) {
          exact += debt.principalMinor * BigInt(terms.rateBps) * BigInt(days);
          day += days;
          debt = { ...accrueTo(debt, terms, day), principalMinor: principal };
        }
        const expected = divideHalfEven(exact, 10_000n * BigInt(terms.dayCount));
        expect(owedOn(debt, terms, day).interestMinor).toBe(expected);
      }),
      { numRuns: 300, seed: 20_260_105 },
    );
  });
});

describe('default interest', () => {
  const terms = { ...rate, defaultRateBps: 900, maturity: 130 };

  it('counts as interest from maturity on, whether or not anyone declared a default', () => {
    expect(owedOn(drawn(428_904_000n), terms, 130).interestMinor).toBe(2_144_520n);
    expect(owedOn(drawn(428_904_000n), terms, 140).interestMinor).toBe(2_144_520n + 1_072_260n);
  });

  it('runs from an earlier default', () => {
    const declared = { event: 'insolvency', at: 109 * 86_400_000 };
    const failed = { ...terms, default: declared };
    expect(owedOn(drawn(428_904_000n), failed, 130).interestMinor).toBe(643_356n + 2_251_746n);
  });

  it('is the agreed rate where no other was agreed', () => {
    const plain = { ...rate, maturity: 130 };
    expect(owedOn(drawn(1_000_000n), plain, 140)).toEqual(owedOn(drawn(1_000_000n), rate, 140));
  });

  it('does not depend on when it is carried forward', () => {
    const step = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 12n),
        fc.array(step, { maxLength: 8 }),
        (principal, jumps) => {
          let debt = drawn(principal);
          let day = 100;
          for (const jump of jumps) {
            day += jump;
            debt = accrueTo(debt, terms, day);
          }
          expect(owedOn(debt, terms, day)).toEqual(owedOn(drawn(principal), terms, day));
        },
      ),
      { numRuns: 300, seed: 20_260_105 },
    );
  });
});

describe('applyPayment', () => {
  it('pays penalties that are not interest after principal (counsel)', () => {
    const debt = { ...drawn(100n), costsMinor: 5n, penaltiesMinor: 7n };
    const applied = applyPayment(debt, rate, 100, 108n);
    expect(applied).toMatchObject({ costsMinor: 5n, principalMinor: 100n, penaltiesMinor: 3n });
    expect(owedOn(applied.debt, rate, 100).totalMinor).toBe(4n);
  });

  it('561: costs 5, interest 10, principal 100, paid 12: 5, 7, 0', () => {
    const debt = { ...drawn(100n), costsMinor: 5n, interestWhole: 10n };
    const applied = applyPayment(debt, rate, 100, 12n);
    expect(applied).toMatchObject({ costsMinor: 5n, interestMinor: 7n, principalMinor: 0n });
    expect(owedOn(applied.debt, rate, 100)).toEqual({
      principalMinor: 100n,
      interestMinor: 3n,
      costsMinor: 0n,
      penaltiesMinor: 0n,
      totalMinor: 103n,
    });
  });

  it('conserves: what was owed less what was paid is owed', () => {
    const cases = fc.record({
      principal: fc.bigInt(0n, 10n ** 12n),
      costs: fc.bigInt(0n, 10n ** 6n),
      days: fc.integer({ min: 0, max: 1_000 }),
      part: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(cases, ({ principal, costs, days, part }) => {
        const debt = { ...drawn(principal), costsMinor: costs };
        const before = owedOn(debt, rate, 100 + days).totalMinor;
        const paid = (before * BigInt(part)) / 100n;
        const applied = applyPayment(debt, rate, 100 + days, paid);
        const after = owedOn(applied.debt, rate, 100 + days).totalMinor;
        expect(before - after).toBe(paid);
        expect(applied.costsMinor + applied.interestMinor + applied.principalMinor).toBe(paid);
      }),
      { numRuns: 300, seed: 20_260_105 },
    );
  });
});
