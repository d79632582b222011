import type { WriteOperation } from '@triflow/protocol';
import type { CheckedStore } from './checkedStore.js';
import { prefixes } from './prefixes.js';
import type { PreparedWrites } from './preparedWrites.js';
import {
  createVersionedTable,
  type ListOptions,
  replaceVersion,
  type Version,
} from './versionedTable.js';

const NOTHING = new Uint8Array();
const UNDER_INDEX = { current: prefixes.index, past: prefixes.indexPast };

export interface IndexChange {
  /** `contract/table/index/value/pk`. */
  readonly key: string;
  /** false removes the entry. */
  readonly put: boolean;
}

/** The contracts' indexes: keys without values, each alive for heights [put, removal). */
export interface IndexStore {
  /** Full index keys alive at a height, ascending by bytes. */
  list(options: ListOptions, isNewest: () => boolean): Promise<string[]>;
  prepare(changes: readonly IndexChange[], height: number): Promise<PreparedWrites>;
}

/** Creates the indexes' store. */
export function createIndexStore(store: CheckedStore): IndexStore {
  const table = createVersionedTable(store, prefixes.index, prefixes.indexPast);
  return {
    async list(options, isNewest) {
      const found = await table.list(options, isNewest);
      return found.map(({ key }) => key);
    },
    async prepare(changes, height) {
      const last = new Map(changes.map(({ key, put }) => [key, put]));
      const keys = [...last.keys()];
      const versions = keys.length === 0 ? [] : await table.currentMany(keys);
      const operations = keys.flatMap((key, i) =>
        entryOperations(key, last.get(key) === true, versions[i], height),
      );
      return { operations, begin() {}, applied() {} };
    },
  };
}

/** An entry that is put again keeps its first height; removing what is not there does nothing. */
function entryOperations(
  key: string,
  put: boolean,
  old: Version | undefined,
  height: number,
): WriteOperation[] {
  if (put === (old !== undefined)) return [];
  const next = put ? { height, value: NOTHING } : { height, value: null };
  return replaceVersion(UNDER_INDEX, key, old, next);
}
