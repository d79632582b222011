import { assert, type Hash, type PartyId, type Transaction } from '@triflow/protocol';

/** A verified transaction that waits for a block. */
export interface MempoolEntry {
  readonly txId: Hash;
  readonly sender: PartyId;
  /** All signed bytes. */
  readonly bytes: Uint8Array;
  readonly validUntilHeight: number;
  readonly transaction: Transaction;
}

/** An entry in its party's queue. */
export interface Pending {
  readonly entry: MempoolEntry;
  readonly queue: PartyQueue;
  previous: Pending | undefined;
  next: Pending | undefined;
}

/** What one party has waiting, oldest first; linked, so that any entry leaves at once. */
export interface PartyQueue {
  readonly party: PartyId;
  /** Parties in order of first arrival: settles equal loads. */
  readonly sequence: number;
  first: Pending | undefined;
  last: Pending | undefined;
  count: number;
  bytes: number;
  /** Position in the heap of holders; -1 outside. */
  heapIndex: number;
}

/** A queue without entries. */
export function createPartyQueue(party: PartyId, sequence: number): PartyQueue {
  return { party, sequence, first: undefined, last: undefined, count: 0, bytes: 0, heapIndex: -1 };
}

/** Puts an entry at the end of its party's queue. */
export function appendEntry(queue: PartyQueue, entry: MempoolEntry): Pending {
  const pending: Pending = { entry, queue, previous: undefined, next: undefined };
  relinkLast(pending);
  return pending;
}

/** Puts a pending entry (back) at the end. */
export function relinkLast(pending: Pending): void {
  const { queue } = pending;
  pending.previous = queue.last;
  pending.next = undefined;
  if (queue.last === undefined) queue.first = pending;
  else queue.last.next = pending;
  queue.last = pending;
  queue.count += 1;
  queue.bytes += pending.entry.bytes.length;
}

/** Takes an entry out of its queue, wherever it stands. */
export function unlink(pending: Pending): void {
  const { queue, previous, next } = pending;
  if (previous === undefined) queue.first = next;
  else previous.next = next;
  if (next === undefined) queue.last = previous;
  else next.previous = previous;
  queue.count -= 1;
  queue.bytes -= pending.entry.bytes.length;
  assert(queue.count >= 0 && queue.bytes >= 0, 'mempool: a queue counts below nothing');
}
