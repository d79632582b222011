import { type Day, divideHalfEven } from '@triflow/protocol';
import type { Financing } from './schema.js';

const BPS = 10_000n;

/**
 * The discount of a claim: round_half_even(face × rateBps × days / (10000 × dayCount)), in minor
 * units, rounded once (R2).
 */
export function discountMinor(
  faceMinor: bigint,
  terms: { readonly rateBps: number; readonly dayCount: number; readonly days: number },
): bigint {
  const numerator = faceMinor * BigInt(terms.rateBps) * BigInt(terms.days);
  return divideHalfEven(numerator, BPS * BigInt(terms.dayCount));
}

/**
 * What a lender is due of a financing on a day: advance, costs, and interest, which is the discount
 * to maturity and after it the same rate on the advance, rounded once together (766).
 */
export function dueMinor(
  faceMinor: bigint,
  financing: Financing,
  days: { readonly maturity: Day; readonly day: Day },
): bigint {
  const { advance, costsMinor, rateBps, dayCount } = financing;
  const late = BigInt(Math.max(0, days.day - days.maturity));
  const weighted = faceMinor * BigInt(financing.days) + advance.minor * late;
  const interest = divideHalfEven(weighted * BigInt(rateBps), BPS * BigInt(dayCount));
  return advance.minor + interest + costsMinor;
}

/**
 * What of a collection goes back to the assignor: with recourse all above what the lender is due,
 * without it nothing (766, 767).
 */
export function surplusMinor(collectedMinor: bigint, due: bigint, recourse: boolean): bigint {
  return recourse && collectedMinor > due ? collectedMinor - due : 0n;
}
