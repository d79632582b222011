import {
  assert,
  failure,
  type Hash,
  limits,
  type PartyId,
  type Result,
  success,
} from '@triflow/protocol';
import {
  createHolderHeap,
  type HolderHeap,
  largestHolder,
  placeHolder,
  removeHolder,
} from './holderHeap.js';
import { type TakeOptions, takeInOrder } from './order.js';
import {
  appendEntry,
  createPartyQueue,
  type MempoolEntry,
  type PartyQueue,
  type Pending,
  relinkLast,
  unlink,
} from './partyQueue.js';

export interface MempoolBounds {
  readonly transactionsMax: number;
  readonly bytesMax: number;
  /** The part of either that one party may hold, in hundredths of a percent. */
  readonly partyShareBps: number;
}

export interface Mempool {
  /**
   * Admits a verified transaction. Faults: `transaction_expired` past the height last given to
   * `expire`, `mempool_full` by the bounds or the party's share.
   */
  add(entry: MempoolEntry): Result<'added' | 'known'>;
  has(txId: Hash): boolean;
  get(txId: Hash): MempoolEntry | undefined;
  /** Entries for a block in fair order; removes nothing. */
  take(options: TakeOptions): MempoolEntry[];
  /** Forgets committed transactions; their parties go to the end of the round. */
  remove(txIds: Iterable<Hash>): void;
  /** Drops what no block of this height or above may hold, and names it. */
  expire(height: number): Hash[];
  /** All entries in order of arrival. */
  entries(): MempoolEntry[];
  readonly size: number;
  readonly bytes: number;
  /** How many gave way to others, ever. */
  readonly evicted: number;
}

interface Pool {
  readonly bounds: MempoolBounds;
  readonly byId: Map<Hash, Pending>;
  readonly byLastHeight: Map<number, Set<Pending>>;
  /** The round of the parties that have something waiting, next to be served first. */
  readonly round: Map<PartyId, PartyQueue>;
  readonly holders: HolderHeap;
  bytes: number;
  evicted: number;
  partiesSeen: number;
  heightMin: number;
}

const DEFAULT_BOUNDS: MempoolBounds = {
  transactionsMax: limits.mempoolTransactionsMax,
  bytesMax: limits.mempoolBytesMax,
  partyShareBps: limits.mempoolPerPartyShareBps,
};
const BPS = 10_000;

/** An empty pool (README). Bounds are positive whole numbers. */
export function createMempool(bounds: Partial<MempoolBounds> = {}): Mempool {
  const pool = createPool({ ...DEFAULT_BOUNDS, ...bounds });
  return {
    add: (entry) => add(pool, entry),
    has: (txId) => pool.byId.has(txId),
    get: (txId) => pool.byId.get(txId)?.entry,
    take: (options) => takeInOrder(pool.round.values(), options),
    remove: (txIds) => remove(pool, txIds),
    expire: (height) => expire(pool, height),
    entries: () => Array.from(pool.byId.values(), (pending) => pending.entry),
    get size() {
      return pool.byId.size;
    },
    get bytes() {
      return pool.bytes;
    },
    get evicted() {
      return pool.evicted;
    },
  };
}

function createPool(bounds: MempoolBounds): Pool {
  const { transactionsMax, bytesMax, partyShareBps } = bounds;
  for (const bound of [transactionsMax, bytesMax, partyShareBps]) {
    assert(Number.isSafeInteger(bound) && bound > 0, 'createMempool: a bound is not positive');
  }
  assert(Number.isSafeInteger(transactionsMax * bytesMax), 'createMempool: bounds too large');
  assert(partyShareBps <= BPS, 'createMempool: a share beyond the whole');
  return {
    bounds,
    byId: new Map(),
    byLastHeight: new Map(),
    round: new Map(),
    holders: createHolderHeap((queue) => loadOf(bounds, queue.count, queue.bytes)),
    bytes: 0,
    evicted: 0,
    partiesSeen: 0,
    heightMin: 0,
  };
}

/** max(count / transactionsMax, bytes / bytesMax) without a division. */
function loadOf(bounds: MempoolBounds, count: number, bytes: number): number {
  return Math.max(count * bounds.bytesMax, bytes * bounds.transactionsMax);
}

function add(pool: Pool, entry: MempoolEntry): Result<'added' | 'known'> {
  if (pool.byId.has(entry.txId)) return success('known');
  if (entry.validUntilHeight < pool.heightMin) {
    return failure('transaction_expired', `last height ${entry.validUntilHeight}`);
  }
  const held = pool.round.get(entry.sender);
  const count = (held?.count ?? 0) + 1;
  const bytes = (held?.bytes ?? 0) + entry.bytes.length;
  if (isOverShare(pool, count, bytes)) {
    return failure('mempool_full', `${entry.sender} holds its share`);
  }
  if (!makeRoom(pool, entry, loadOf(pool.bounds, count, bytes))) {
    return failure('mempool_full', 'the pool is full and others hold no more');
  }
  insert(pool, entry);
  return success('added');
}

/** One transaction is nobody's too large share, as long as it fits at all. */
function isOverShare(pool: Pool, count: number, bytes: number): boolean {
  const { transactionsMax, bytesMax, partyShareBps } = pool.bounds;
  if (bytes > bytesMax) return true;
  if (count === 1) return false;
  return count * BPS > transactionsMax * partyShareBps || bytes * BPS > bytesMax * partyShareBps;
}

/**
 * Evicts the newest of the largest holder until the entry fits. A holder that would fall below
 * the newcomer's load keeps what it has: then everything is put back and there is no room.
 */
function makeRoom(pool: Pool, entry: MempoolEntry, load: number): boolean {
  const victims: Pending[] = [];
  let bytes = pool.bytes;
  while (!fits(pool, victims.length, bytes + entry.bytes.length)) {
    const holder = largestHolder(pool.holders);
    const newest = holder?.last;
    if (holder === undefined || newest === undefined || !canSpare(pool, newest, load)) {
      for (const victim of victims.reverse()) {
        relinkLast(victim);
        placeHolder(pool.holders, victim.queue);
      }
      return false;
    }
    unlink(newest);
    placeHolder(pool.holders, holder);
    victims.push(newest);
    bytes -= newest.entry.bytes.length;
  }
  for (const victim of victims) forget(pool, victim);
  pool.evicted += victims.length;
  return true;
}

function fits(pool: Pool, leaving: number, bytes: number): boolean {
  const { transactionsMax, bytesMax } = pool.bounds;
  return pool.byId.size - leaving < transactionsMax && bytes <= bytesMax;
}

function canSpare(pool: Pool, newest: Pending, load: number): boolean {
  const { queue, entry } = newest;
  return loadOf(pool.bounds, queue.count - 1, queue.bytes - entry.bytes.length) >= load;
}

function insert(pool: Pool, entry: MempoolEntry): void {
  let queue = pool.round.get(entry.sender);
  if (queue === undefined) {
    queue = createPartyQueue(entry.sender, pool.partiesSeen);
    pool.partiesSeen += 1;
    pool.round.set(entry.sender, queue);
  }
  const pending = appendEntry(queue, entry);
  placeHolder(pool.holders, queue);
  pool.byId.set(entry.txId, pending);
  pool.bytes += entry.bytes.length;
  const alike = pool.byLastHeight.get(entry.validUntilHeight);
  if (alike === undefined) pool.byLastHeight.set(entry.validUntilHeight, new Set([pending]));
  else alike.add(pending);
}

function remove(pool: Pool, txIds: Iterable<Hash>): void {
  const served = new Set<PartyQueue>();
  for (const txId of txIds) {
    const pending = pool.byId.get(txId);
    if (pending === undefined) continue;
    drop(pool, pending);
    served.add(pending.queue);
  }
  for (const queue of served) {
    if (queue.count === 0) continue;
    pool.round.delete(queue.party);
    pool.round.set(queue.party, queue);
  }
}

function expire(pool: Pool, height: number): Hash[] {
  pool.heightMin = Math.max(pool.heightMin, height);
  const past = [...pool.byLastHeight.keys()].filter((last) => last < height);
  const dropped: Hash[] = [];
  for (const last of past.sort((a, b) => a - b)) {
    for (const pending of pool.byLastHeight.get(last) ?? []) {
      dropped.push(pending.entry.txId);
      drop(pool, pending);
    }
  }
  return dropped;
}

/** Takes an entry out of its queue and out of every index. */
function drop(pool: Pool, pending: Pending): void {
  const { queue } = pending;
  unlink(pending);
  forget(pool, pending);
  if (queue.count > 0) return placeHolder(pool.holders, queue);
  removeHolder(pool.holders, queue);
  pool.round.delete(queue.party);
}

/** Takes an entry, already out of its queue, out of the pool's indexes. */
function forget(pool: Pool, pending: Pending): void {
  const { txId, bytes, validUntilHeight } = pending.entry;
  pool.byId.delete(txId);
  pool.bytes -= bytes.length;
  const alike = pool.byLastHeight.get(validUntilHeight);
  alike?.delete(pending);
  if (alike?.size === 0) pool.byLastHeight.delete(validUntilHeight);
}
