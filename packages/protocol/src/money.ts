import { z } from 'zod';
import { assert } from './assert.js';

/** Stored integers lie within plus or minus 2^63 - 1 (domain section 2). */
export const INTEGER_MAX = 2n ** 63n - 1n;

/** An amount of money in minor units of an ISO 4217 currency. */
export type Money = {
  readonly minor: bigint;
  readonly currency: string;
};

/** value x 10^-scale of a UN/ECE Rec 20 unit. */
export type Quantity = {
  readonly value: bigint;
  readonly unit: string;
  readonly scale: number;
};

/** value x 10^-scale minor units of a currency for one unit. May be zero or negative. */
export type Price = {
  readonly value: bigint;
  readonly currency: string;
  readonly unit: string;
  readonly scale: number;
};

export const integerSchema = z.bigint().min(-INTEGER_MAX).max(INTEGER_MAX);
export const currencySchema = z.string().regex(/^[A-Z]{3}$/);
export const unitSchema = z.string().regex(/^[A-Z0-9]{2,3}$/);
export const scaleSchema = z.number().int().min(0).max(9);
export const bpsSchema = z.number().int().min(0).max(1_000_000);
export const moneySchema = z.strictObject({ minor: integerSchema, currency: currencySchema });
export const quantitySchema = z.strictObject({
  value: integerSchema,
  unit: unitSchema,
  scale: scaleSchema,
});
export const priceSchema = z.strictObject({
  value: integerSchema,
  currency: currencySchema,
  unit: unitSchema,
  scale: scaleSchema,
});

/** Quotient rounded toward minus infinity (R2). */
export function divideFloor(numerator: bigint, denominator: bigint): bigint {
  assert(denominator > 0n, 'divideFloor: denominator must be positive');
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}

/** Quotient rounded toward plus infinity. */
export function divideCeil(numerator: bigint, denominator: bigint): bigint {
  return -divideFloor(-numerator, denominator);
}

/** Quotient rounded to nearest, ties to the even neighbour (R2: interest and discount, once). */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const floor = divideFloor(numerator, denominator);
  const twice = 2n * (numerator - floor * denominator);
  if (twice < denominator) return floor;
  if (twice > denominator) return floor + 1n;
  return floor % 2n === 0n ? floor : floor + 1n;
}

/** 10^exponent as a bigint. */
export function powerOfTen(exponent: number): bigint {
  assert(Number.isInteger(exponent) && exponent >= 0 && exponent <= 36, 'powerOfTen: 0 to 36');
  return 10n ** BigInt(exponent);
}

/** Whether an integer can be stored. */
export function isStorable(value: bigint): boolean {
  return value >= -INTEGER_MAX && value <= INTEGER_MAX;
}

/**
 * Shares a total by weights with the largest remainder (R4): floor first, left-over units one
 * each to the largest remainders, ties in the order given (callers sort by id). The shares add
 * up to the total. Undefined when the weights are all zero.
 */
export function shareProRata(total: bigint, weights: readonly bigint[]): bigint[] | undefined {
  const sum = weights.reduce((left, right) => left + right, 0n);
  if (sum <= 0n) return undefined;
  const shares = weights.map((weight) => divideFloor(total * weight, sum));
  const order = weights.map((weight, index) => ({ index, rest: (total * weight) % sum }));
  order.sort((a, b) => {
    if (a.rest !== b.rest) return a.rest > b.rest ? -1 : 1;
    return a.index - b.index;
  });
  let left = total - shares.reduce((a, b) => a + b, 0n);
  for (const { index } of order) {
    if (left === 0n) break;
    shares[index] = (shares[index] as bigint) + 1n;
    left -= 1n;
  }
  return shares;
}
