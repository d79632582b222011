import { assert } from '@triflow/protocol';

/** The middle of several runs and how far they lay apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The value that so many per mille of the values do not exceed; values in any order. */
export function percentile(values: readonly number[], perMille: number): number {
  assert(values.length > 0, 'percentile: of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((perMille / 1_000) * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/** Median with minimum and maximum. */
export function spreadOf(values: readonly number[]): Spread {
  return {
    median: percentile(values, 500),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

/** A number with three significant digits and separators, for people. */
export function plainNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(1, Math.abs(value)))));
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.min(2, digits) });
}
