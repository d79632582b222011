import { assert, type WriteOperation } from '@triflow/protocol';
import { createBatchedReads } from './batchedReads.js';
import type { CheckedStore } from './checkedStore.js';
import { prefixes } from './prefixes.js';
import type { PreparedWrites } from './preparedWrites.js';
import type { GuardPost } from './readGuard.js';
import { createRecentCache } from './recentCache.js';
import {
  createVersionedTable,
  type ListOptions,
  replaceVersion,
  type Version,
  type VersionedTable,
} from './versionedTable.js';

/** Recent transaction ids: written once, deleted once, never asked for at an older height. */
const WITHOUT_PAST = 'ledger/tx/';
const ABSENT: Version = { height: -1, value: new Uint8Array() };

export interface StateWrite {
  readonly key: string;
  /** null removes the key. */
  readonly value: Uint8Array | null;
}

/** The contracts' records, current and at each earlier height. */
export interface StateStore {
  /** The newest committed value, a view that must not be changed. */
  get(key: string): Uint8Array | undefined;
  getAt(key: string, height: number): Promise<Uint8Array | undefined>;
  list: VersionedTable['list'];
  prepare(writes: readonly StateWrite[], height: number): Promise<PreparedWrites>;
  readonly cacheBytes: number;
}

/** Creates the state's store with a read cache of so many bytes. */
export function createStateStore(
  store: CheckedStore,
  cacheBytesMax: number,
  post: GuardPost,
): StateStore {
  const table = createVersionedTable(store, prefixes.state, prefixes.statePast);
  const cache = createRecentCache<string, Version>(cacheBytesMax);
  const reads = createBatchedReads(readMany);
  let underWay: ReadonlyMap<string, Version> | undefined;
  let commits = 0;

  function remember(key: string, version: Version): void {
    cache.set(key, version, 2 * key.length + version.value.length);
  }

  function known(key: string): Version | undefined {
    return underWay?.get(key) ?? cache.get(key);
  }

  /** Current versions; remembered unless a block was being committed meanwhile. */
  async function readMany(keys: readonly string[]): Promise<Version[]> {
    const before = underWay === undefined ? commits : undefined;
    const found = (await table.currentMany(keys)).map((version) => version ?? ABSENT);
    if (before !== commits || underWay !== undefined) return found;
    for (const [i, key] of keys.entries()) {
      const version = found[i] ?? ABSENT;
      post.guard?.state(key, version === ABSENT ? undefined : version.value);
      remember(key, version);
    }
    return found;
  }

  return {
    get(key) {
      const version = known(key);
      if (version !== undefined) return version === ABSENT ? undefined : version.value;
      const isAbsent = post.guard?.isAbsent(key) === true;
      const read = isAbsent ? ABSENT : (table.currentSync(key) ?? ABSENT);
      const value = read === ABSENT ? undefined : read.value;
      if (!isAbsent) post.guard?.state(key, value);
      remember(key, read);
      return value;
    },
    async getAt(key, height) {
      const version = known(key);
      const current = version ?? (await reads.get(key)) ?? ABSENT;
      const isCurrentThen = current !== ABSENT && current.height <= height;
      return isCurrentThen ? current.value : table.pastAt(key, height);
    },
    async list(options: ListOptions, isNewest) {
      const page = await table.list(options, isNewest);
      if (isNewest()) for (const { key, value } of page) post.guard?.state(key, value);
      return page;
    },
    async prepare(writes, height) {
      const before = await versionsBefore(writes, cache.get, table);
      return {
        operations: operationsOf(writes, before, height),
        begin() {
          underWay = before;
        },
        applied() {
          underWay = undefined;
          commits += 1;
          for (const { key, value } of writes) {
            // A transaction's id that has left the window never comes back.
            if (value === null && key.startsWith(WITHOUT_PAST)) cache.forget(key);
            else remember(key, value === null ? ABSENT : { height, value });
          }
        },
      };
    },
    get cacheBytes() {
      return cache.bytes;
    },
  };
}

/** What each written key held before, from the cache where it is known. */
async function versionsBefore(
  writes: readonly StateWrite[],
  cached: (key: string) => Version | undefined,
  table: VersionedTable,
): Promise<Map<string, Version>> {
  const before = new Map<string, Version>();
  const unknown: string[] = [];
  for (const { key, value } of writes) {
    assert(!before.has(key), `commitBlock: ${key} is written twice`);
    const isNew = value !== null && key.startsWith(WITHOUT_PAST);
    const version = isNew ? ABSENT : cached(key);
    before.set(key, version ?? ABSENT);
    if (version === undefined) unknown.push(key);
  }
  if (unknown.length === 0) return before;
  const found = await table.currentMany(unknown);
  for (const [i, key] of unknown.entries()) before.set(key, found[i] ?? ABSENT);
  return before;
}

function operationsOf(
  writes: readonly StateWrite[],
  before: ReadonlyMap<string, Version>,
  height: number,
): WriteOperation[] {
  const operations: WriteOperation[] = [];
  for (const { key, value } of writes) {
    const version = before.get(key);
    const old = version === ABSENT ? undefined : version;
    if (old === undefined && value === null) continue;
    const past = key.startsWith(WITHOUT_PAST) ? undefined : prefixes.statePast;
    const next = value === null ? { height, value } : { height, value };
    operations.push(...replaceVersion({ current: prefixes.state, past }, key, old, next));
  }
  return operations;
}
