import { limits } from '@triflow/protocol';
import type { MempoolEntry, PartyQueue, Pending } from './partyQueue.js';

export interface TakeOptions {
  /** Sum of the transactions' own bytes. */
  readonly bytesMax: number;
  readonly countMax: number;
  /** Of the block to be built. */
  readonly height: number;
}

/**
 * Entries in the order of a block: round and round the parties, one each, first come first served
 * within a party. Looks at no more than it returns, what expired, and the parties that sat out.
 */
export function takeInOrder(round: Iterable<PartyQueue>, options: TakeOptions): MempoolEntry[] {
  const taken: MempoolEntry[] = [];
  const budget = { bytes: options.bytesMax, skips: limits.mempoolSkipsMax };
  let open: Pending[] = [];
  for (const queue of round) {
    if (isSpent(taken, budget.skips, options)) return taken;
    const next = takeNext(queue.first, taken, budget, options);
    if (next !== undefined) open.push(next);
  }
  while (open.length > 0) {
    const again: Pending[] = [];
    for (const pending of open) {
      if (isSpent(taken, budget.skips, options)) return taken;
      const next = takeNext(pending, taken, budget, options);
      if (next !== undefined) again.push(next);
    }
    open = again;
  }
  return taken;
}

function isSpent(taken: readonly unknown[], skips: number, options: TakeOptions): boolean {
  return taken.length >= options.countMax || skips <= 0;
}

/** Takes a party's next live entry; gives back where to go on, or nothing when it sits out. */
function takeNext(
  from: Pending | undefined,
  taken: MempoolEntry[],
  budget: { bytes: number; skips: number },
  options: TakeOptions,
): Pending | undefined {
  let pending = from;
  while (pending !== undefined && pending.entry.validUntilHeight < options.height) {
    pending = pending.next;
  }
  if (pending === undefined) return undefined;
  const { length } = pending.entry.bytes;
  if (length > budget.bytes) {
    budget.skips -= 1;
    return undefined;
  }
  budget.bytes -= length;
  taken.push(pending.entry);
  return pending.next;
}
