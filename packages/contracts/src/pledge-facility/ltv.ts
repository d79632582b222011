import {
  divideCeil,
  divideFloor,
  isStorable,
  type Price,
  powerOfTen,
  type Quantity,
} from '@triflow/protocol';
import type { Facility, Line } from './schema.js';

const WHOLE_BPS = 10_000n;

type Lines = Pick<Facility, 'warningBps' | 'marginCallBps' | 'disposalBps'>;

/** The lower of a price and its cap; both are of one unit and currency. */
export function cappedPrice(price: Price, cap: Price | undefined): Price {
  if (cap === undefined) return price;
  const left = price.value * powerOfTen(cap.scale);
  const right = cap.value * powerOfTen(price.scale);
  return left <= right ? price : cap;
}

/**
 * Value of goods in minor units (domain 3.7): floor(q * p * (10000 - haircut) / (10000 *
 * 10^(q.scale + p.scale))), toward minus infinity; no haircut on a negative price.
 */
export function goodsValue(quantity: Quantity, price: Price, haircutBps: number): bigint {
  const kept = keptBps(price, haircutBps);
  const numerator = quantity.value * price.value * kept;
  return divideFloor(numerator, WHOLE_BPS * powerOfTen(quantity.scale + price.scale));
}

/** A line is breached iff L > 0 and (V <= 0 or L * 10000 > V * bps); nothing is divided (R1). */
export function isBreached(debtMinor: bigint, valueMinor: bigint, bps: number): boolean {
  if (debtMinor <= 0n) return false;
  return valueMinor <= 0n || debtMinor * WHOLE_BPS > valueMinor * BigInt(bps);
}

/** The highest line that the debt crosses. */
export function lineCrossed(facility: Lines, debtMinor: bigint, valueMinor: bigint): Line {
  if (isBreached(debtMinor, valueMinor, facility.disposalBps)) return 'disposal';
  if (isBreached(debtMinor, valueMinor, facility.marginCallBps)) return 'margin_call';
  return isBreached(debtMinor, valueMinor, facility.warningBps) ? 'warning' : 'none';
}

/** floor(L * 10000 / V) for display; undefined when V is not positive or the ratio is huge. */
export function displayLtvBps(debtMinor: bigint, valueMinor: bigint): number | undefined {
  if (valueMinor <= 0n) return undefined;
  const ratio = divideFloor(debtMinor * WHOLE_BPS, valueMinor);
  return ratio <= 1_000_000_000n ? Number(ratio) : undefined;
}

/** Cash that brings the debt to a line: min(L, max(0, L - floor(V * cureTo / 10000))). */
export function cashToCure(debtMinor: bigint, valueMinor: bigint, cureToBps: number): bigint {
  const allowed = divideFloor(valueMinor * BigInt(cureToBps), WHOLE_BPS);
  const missing = debtMinor - allowed;
  if (missing <= 0n) return 0n;
  return missing < debtMinor ? missing : debtMinor;
}

/** Value of goods that brings the debt to a line: max(0, ceil(L * 10000 / cureTo) - V). */
export function goodsToCure(debtMinor: bigint, valueMinor: bigint, cureToBps: number): bigint {
  const needed = divideCeil(debtMinor * WHOLE_BPS, BigInt(cureToBps));
  return needed > valueMinor ? needed - valueMinor : 0n;
}

/**
 * The least quantity of goods, at a scale, whose value reaches a sum; undefined when no goods of
 * this price can (`goods_cannot_cure`), or none that can be written down.
 */
export function quantityForValue(
  valueMinor: bigint,
  price: Price,
  goods: { readonly haircutBps: number; readonly scale: number },
): Quantity | undefined {
  const perStep = price.value * keptBps(price, goods.haircutBps);
  if (price.value <= 0n || perStep <= 0n) return undefined;
  const numerator = valueMinor * WHOLE_BPS * powerOfTen(goods.scale + price.scale);
  const value = divideCeil(numerator, perStep);
  return isStorable(value) ? { value, unit: price.unit, scale: goods.scale } : undefined;
}

function keptBps(price: Price, haircutBps: number): bigint {
  return price.value < 0n ? WHOLE_BPS : WHOLE_BPS - BigInt(haircutBps);
}
