import type { ReadContext } from '@triflow/protocol';
import { stocktakes } from './keys.js';
import type { Stocktake, StocktakeBook } from './schema.js';

const BPS = 10_000n;

/** The stocktake of a number, if it is the one that the lot has open. */
export function currentStocktake(
  context: ReadContext,
  lot: string,
  number: number,
): Stocktake | undefined {
  return context.get(stocktakes, lot, String(number));
}

/**
 * What a count says (domain 3.5): 0 <= opening + in - out - closing <= lossStandardBps *
 * (opening + in) / 10000, compared without a division (R1).
 */
export function verdictOf(
  book: StocktakeBook,
  closing: bigint,
  lossStandardBps: number,
): {
  readonly verdict: 'within_standard' | 'missing' | 'surplus';
  readonly missing: bigint;
  readonly allowed: bigint;
} {
  const stored = book.opening + book.weighedIn;
  const missing = stored - book.weighedOut - closing;
  const bound = BigInt(lossStandardBps) * stored;
  const allowed = bound / BPS;
  if (missing < 0n) return { verdict: 'surplus', missing, allowed };
  return { verdict: missing * BPS <= bound ? 'within_standard' : 'missing', missing, allowed };
}
