import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideCeil, divideFloor, divideHalfEven, shareProRata } from './money.js';

describe('rounding', () => {
  it('R2: floors toward minus infinity', () => {
    expect(divideFloor(7n, 2n)).toBe(3n);
    expect(divideFloor(-7n, 2n)).toBe(-4n);
    expect(divideCeil(7n, 2n)).toBe(4n);
    expect(divideCeil(-7n, 2n)).toBe(-3n);
  });

  it('R2: half goes to the even neighbour', () => {
    const pairs = [5n, 15n, 25n, -5n, -15n, 26n, 24n].map((value) => divideHalfEven(value, 10n));
    expect(pairs).toEqual([0n, 2n, 2n, 0n, -2n, 3n, 2n]);
  });

  it('half-even is never further than half away', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n, max: 10n ** 12n }), (a, b) => {
        const error = divideHalfEven(a, b) * b - a;
        expect((error < 0n ? -error : error) * 2n <= b).toBe(true);
      }),
    );
  });
});

describe('R4: pro rata by the largest remainder', () => {
  it('adds up to the total, each share within one of its exact part', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), weights, (total, list) => {
        const shares = shareProRata(total, list);
        const sum = list.reduce((a, b) => a + b, 0n);
        expect(shares?.reduce((a, b) => a + b, 0n)).toBe(sum === 0n ? undefined : total);
        for (const [index, share] of (shares ?? []).entries()) {
          const exact = total * (list[index] as bigint);
          expect(share * sum > exact - sum && share * sum < exact + sum).toBe(true);
        }
      }),
    );
  });

  it('gives ties to the first', () => {
    expect(shareProRata(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
  });
});
