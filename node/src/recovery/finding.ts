/** What may be wrong with a data directory; the codes are stable. */
export const findingCodes = [
  'log_missing',
  'log_torn',
  'log_damaged',
  'log_apart',
  'store_missing',
  'store_unreadable',
  'store_format',
  'genesis_differs',
  'blocks_damaged',
  'state_damaged',
] as const;

export type FindingCode = (typeof findingCodes)[number];

/** One thing that is not as it should be, and the safe next step. */
export interface Finding {
  readonly code: FindingCode;
  /** `note`: harmless. `warning`: the node can run, with less. `error`: it cannot start. */
  readonly severity: 'note' | 'warning' | 'error';
  /** One sentence: what was found and what it means. */
  readonly what: string;
  /** One sentence: what to do, with the command. */
  readonly next: string;
  /** Heights concerned, ascending, where they are known; the first few. */
  readonly heights?: readonly number[];
}

const HEIGHTS_NAMED = 20;

/** Heights for a finding: ascending, each once, the first few. */
export function namedHeights(heights: Iterable<number>): number[] {
  return [...new Set(heights)].sort((a, b) => a - b).slice(0, HEIGHTS_NAMED);
}
