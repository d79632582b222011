import { decodeHeader, limits } from '@triflow/protocol';
import type { LedgerStore } from '@triflow/storage';
import { z } from 'zod';

const DAY_MS = 86_400_000;
const HEIGHTS_MAX = Number.MAX_SAFE_INTEGER;

/** What a node keeps of the past (`[retention]`); without it the state of every height. */
export const retentionSchema = z.strictObject({
  /** The state of at least so many newest heights. */
  stateHeights: z.number().int().min(limits.retainedHeightsMin).max(HEIGHTS_MAX).optional(),
  /** The state of so many days before the newest block; with both, what reaches further back. */
  stateDays: z.number().int().min(1).max(36_500).optional(),
  /** Proofs of so many newest heights, as far as their state is kept. */
  proofHeights: z
    .number()
    .int()
    .min(limits.retainedHeightsMin)
    .max(HEIGHTS_MAX)
    .default(limits.proofHeightsKept),
});

export type Retention = z.infer<typeof retentionSchema>;

/** The lowest height whose state must be kept; 0 when nothing may be given up. */
export async function lowestKept(
  store: LedgerStore,
  { stateHeights, stateDays }: Pick<Retention, 'stateHeights' | 'stateDays'>,
): Promise<number> {
  const head = store.head()?.height ?? 0;
  if (stateHeights === undefined && stateDays === undefined) return 0;
  const byHeight = stateHeights === undefined ? head : head - stateHeights + 1;
  const byDay = stateDays === undefined ? head : await heightOfDay(store, head, stateDays);
  return Math.max(0, Math.min(byHeight, byDay));
}

/** The state that was in force so many days before the newest block: times rise with heights. */
async function heightOfDay(store: LedgerStore, head: number, days: number): Promise<number> {
  const sinceMs = (await timeOf(store, head)) - days * DAY_MS;
  let low = 0;
  let high = head;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((await timeOf(store, middle)) <= sinceMs) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** 0 where there is no header: genesis is older than any block. */
async function timeOf(store: LedgerStore, height: number): Promise<number> {
  const bytes = height === 0 ? undefined : await store.getHeader(height);
  const header = bytes === undefined ? undefined : decodeHeader(bytes);
  return header?.ok === true ? header.value.timeMs : 0;
}
