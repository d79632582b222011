import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cappedPrice,
  cashToCure,
  displayLtvBps,
  goodsToCure,
  goodsValue,
  isBreached,
  lineCrossed,
  quantityForValue,
} from './ltv.js';

const price = (value: bigint, scale = 0) => ({ value, currency: 'USD', unit: 'BLL', scale });
const barrels = (value: bigint, scale = 0) => ({ value, unit: 'BLL', scale });
const lines = { warningBps: 6_500, marginCallBps: 7_500, disposalBps: 8_500 };

describe('goodsValue', () => {
  it('values 120,000 barrels at 59.57 dollars', () => {
    expect(goodsValue(barrels(120_000n), price(5_957n), 0)).toBe(714_840_000n);
  });

  it('takes scales, haircut and rounding toward minus infinity', () => {
    expect(goodsValue(barrels(15n, 1), price(333n, 1), 0)).toBe(49n);
    expect(goodsValue(barrels(100n), price(100n), 2_500)).toBe(7_500n);
    expect(goodsValue(barrels(1n), price(1n), 1)).toBe(0n);
  });

  it('a negative price has no haircut and rounds down', () => {
    expect(goodsValue(barrels(10n), price(-3_763n), 5_000)).toBe(-37_630n);
    expect(goodsValue(barrels(1n, 1), price(-1n), 0)).toBe(-1n);
  });

  it('an item is worth no more than its cap', () => {
    const cap = price(50n);
    expect(cappedPrice(price(4_999n, 2), cap).value).toBe(4_999n);
    expect(cappedPrice(price(5_001n, 2), cap)).toEqual(cap);
    expect(cappedPrice(price(-1n), undefined)).toEqual(price(-1n));
  });
});

describe('lines', () => {
  it('are breached only above them, and by any debt when there is no value', () => {
    expect(isBreached(6_500n, 10_000n, 6_500)).toBe(false);
    expect(isBreached(6_501n, 10_000n, 6_500)).toBe(true);
    expect(isBreached(1n, 0n, 6_500)).toBe(true);
    expect(isBreached(1n, -5n, 6_500)).toBe(true);
    expect(isBreached(0n, -5n, 6_500)).toBe(false);
  });

  it('name the highest one crossed', () => {
    expect(lineCrossed(lines, 6_500n, 10_000n)).toBe('none');
    expect(lineCrossed(lines, 6_501n, 10_000n)).toBe('warning');
    expect(lineCrossed(lines, 7_501n, 10_000n)).toBe('margin_call');
    expect(lineCrossed(lines, 8_501n, 10_000n)).toBe('disposal');
    expect(lineCrossed(lines, 1n, 0n)).toBe('disposal');
  });

  it('show a ratio for display only, floored, and none without value', () => {
    expect(displayLtvBps(7_838n, 10_000n)).toBe(7_838);
    expect(displayLtvBps(2n, 3n)).toBe(6_666);
    expect(displayLtvBps(1n, 0n)).toBeUndefined();
    expect(displayLtvBps(10n ** 15n, 1n)).toBeUndefined();
  });
});

describe('cures', () => {
  it('cash brings the debt exactly to the line', () => {
    expect(cashToCure(8_000n, 10_000n, 6_000)).toBe(2_000n);
    expect(cashToCure(6_000n, 10_000n, 6_000)).toBe(0n);
    expect(cashToCure(8_000n, -10n, 6_000)).toBe(8_000n);
  });

  it('goods bring it there too, and none can when their price is not positive', () => {
    expect(goodsToCure(8_000n, 10_000n, 6_000)).toBe(3_334n);
    expect(goodsToCure(1n, 10_000n, 6_000)).toBe(0n);
    const goods = { haircutBps: 0, scale: 0 };
    expect(quantityForValue(3_334n, price(10n), goods)).toEqual(barrels(334n));
    expect(quantityForValue(3_334n, price(0n), goods)).toBeUndefined();
    expect(quantityForValue(3_334n, price(-1n), goods)).toBeUndefined();
    expect(quantityForValue(3_334n, price(1n), { ...goods, haircutBps: 10_000 })).toBeUndefined();
    expect(quantityForValue(2n ** 62n, price(1n, 9), { haircutBps: 0, scale: 9 })).toBeUndefined();
  });

  it('both sums cure, and one step less does not', () => {
    const amounts = fc.tuple(
      fc.bigInt(1n, 10n ** 15n),
      fc.bigInt(-(10n ** 15n), 10n ** 15n),
      fc.integer({ min: 1, max: 12_000 }),
    );
    fc.assert(
      fc.property(amounts, ([debt, value, bps]) => {
        fc.pre(isBreached(debt, value, bps));
        const cash = cashToCure(debt, value, bps);
        expect(isBreached(debt - cash, value, bps)).toBe(false);
        expect(isBreached(debt - cash + 1n, value, bps)).toBe(true);
        const goods = goodsToCure(debt, value, bps);
        expect(isBreached(debt, value + goods, bps)).toBe(false);
        expect(isBreached(debt, value + goods - 1n, bps)).toBe(true);
      }),
      { numRuns: 300, seed: 20_260_105 },
    );
  });

  it('the quantity to cure is the least whose value reaches the sum', () => {
    const cases = fc.record({
      sum: fc.bigInt(1n, 10n ** 12n),
      value: fc.bigInt(1n, 10n ** 6n),
      scale: fc.integer({ min: 0, max: 4 }),
      goodsScale: fc.integer({ min: 0, max: 4 }),
      haircutBps: fc.integer({ min: 0, max: 9_999 }),
    });
    fc.assert(
      fc.property(cases, ({ sum, value, scale, goodsScale, haircutBps }) => {
        const quantity = quantityForValue(sum, price(value, scale), {
          haircutBps,
          scale: goodsScale,
        });
        if (quantity === undefined) return;
        expect(goodsValue(quantity, price(value, scale), haircutBps)).toBeGreaterThanOrEqual(sum);
        const less = { ...quantity, value: quantity.value - 1n };
        expect(goodsValue(less, price(value, scale), haircutBps)).toBeLessThan(sum);
      }),
      { numRuns: 300, seed: 20_260_105 },
    );
  });
});
