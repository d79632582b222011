import { assert, type WriteOperation } from '@triflow/protocol';
import { type CheckedStore, putRecord } from './checkedStore.js';
import { prefixes } from './prefixes.js';
import type { PreparedWrites } from './preparedWrites.js';
import type { GuardPost } from './readGuard.js';
import { createRecentCache } from './recentCache.js';
import { readUint32 } from './recordChecksum.js';
import { HASH_BYTES, numberKey, prefixRange } from './recordKeys.js';

const NO_ENTRIES = new Uint8Array();

export interface BucketWrite {
  readonly index: number;
  /** The bucket's leaf in the state tree, 32 bytes. */
  readonly leaf: Uint8Array;
  /** All its entries, or none. */
  readonly entries: Uint8Array;
}

/**
 * The state tree's buckets at the head; its inner nodes are computed from the leaves. Leaf and
 * entries lie in one record: what a block costs the engine is the number of its records.
 */
export interface BucketStore {
  /** Entries of a bucket, a view that must not be changed; undefined when it has none. */
  get(index: number): Uint8Array | undefined;
  /** Leaves of all buckets ever written, ascending; reads their entries too. */
  leaves(): AsyncIterable<{ readonly index: number; readonly leaf: Uint8Array }>;
  prepare(writes: readonly BucketWrite[]): Promise<PreparedWrites>;
  readonly cacheBytes: number;
}

/** Creates the buckets' store with a read cache of so many bytes. */
export function createBucketStore(
  store: CheckedStore,
  cacheBytesMax: number,
  post: GuardPost,
): BucketStore {
  const cache = createRecentCache<number, Uint8Array>(cacheBytesMax);
  let underWay: ReadonlyMap<number, Uint8Array> | undefined;

  return {
    get(index) {
      const known = underWay?.get(index) ?? cache.get(index);
      const entries = known ?? entriesOf(store.getSync(numberKey(prefixes.bucket, index)));
      if (known === undefined) {
        post.guard?.bucket(index, entries);
        cache.set(index, entries, entries.length);
      }
      return entries.length === 0 ? undefined : entries;
    },
    async *leaves() {
      for await (const [key, record] of store.range(prefixRange(prefixes.bucket))) {
        // A copy: the leaves stay, and must not keep the entries.
        yield { index: readUint32(key, 1), leaf: Uint8Array.from(record.subarray(0, HASH_BYTES)) };
      }
    },
    async prepare(writes) {
      const before = await entriesBefore(writes, cache.get, store);
      return {
        operations: writes.map(bucketOperation),
        begin() {
          underWay = before;
        },
        applied() {
          underWay = undefined;
          for (const { index, entries } of writes) cache.set(index, entries, entries.length);
        },
      };
    },
    get cacheBytes() {
      return cache.bytes;
    },
  };
}

async function entriesBefore(
  writes: readonly BucketWrite[],
  cached: (index: number) => Uint8Array | undefined,
  store: CheckedStore,
): Promise<Map<number, Uint8Array>> {
  const before = new Map<number, Uint8Array>();
  const unknown: number[] = [];
  for (const { index } of writes) {
    assert(!before.has(index), `commitBlock: bucket ${index} is written twice`);
    const entries = cached(index);
    before.set(index, entries ?? NO_ENTRIES);
    if (entries === undefined) unknown.push(index);
  }
  if (unknown.length === 0) return before;
  const found = await store.getMany(unknown.map((index) => numberKey(prefixes.bucket, index)));
  for (const [i, index] of unknown.entries()) before.set(index, entriesOf(found[i]));
  return before;
}

function bucketOperation({ index, leaf, entries }: BucketWrite): WriteOperation {
  assert(leaf.length === HASH_BYTES, 'commitBlock: a leaf has 32 bytes');
  return putRecord(numberKey(prefixes.bucket, index), leaf, entries);
}

function entriesOf(record: Uint8Array | undefined): Uint8Array {
  return record === undefined ? NO_ENTRIES : record.subarray(HASH_BYTES);
}
