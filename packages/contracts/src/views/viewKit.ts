import { decodeRecord, encodeRecord } from '@triflow/ledger';
import {
  compareText,
  type QueryReader,
  stateKey,
  type Table,
  type TimeMs,
} from '@triflow/protocol';

/** Records under their keys and indexes, as a node keeps them; for tests of views. */
export interface ViewStore {
  readonly put: <T>(table: Table<T>, parts: readonly string[], record: NoInfer<T>) => void;
  readonly reader: QueryReader;
  /** How many records were read so far. */
  readonly reads: () => number;
}

/** A store at one height whose lists come from indexes, so that a large one stays quick. */
export function createViewStore(timeMs: TimeMs): ViewStore {
  const bytes = new Map<string, Uint8Array>();
  const indexes = new Map<string, string[]>();
  let reads = 0;
  const read = <T>(table: Table<T>, parts: readonly string[]): T | undefined => {
    reads += 1;
    const found = bytes.get(stateKey(table, parts));
    return found === undefined ? undefined : decodeRecord(table, found);
  };
  const put: ViewStore['put'] = (table, parts, record) => {
    bytes.set(stateKey(table, parts), encodeRecord(table, record));
    for (const [name, valuesOf] of Object.entries(table.indexes ?? {})) {
      for (const value of valuesOf(record)) {
        const key = [table.contract, table.name, name, value].join('/');
        const ids = indexes.get(key) ?? [];
        ids.push(parts.join('/'));
        indexes.set(key, ids);
      }
    }
  };
  const reader: QueryReader = {
    height: 7,
    timeMs,
    get: (table, ...parts) => Promise.resolve(read(table, parts)),
    list: (table, { index, after, limit }) => {
      const key = [table.contract, table.name, index?.name, index?.value].join('/');
      const ids = [...new Set(indexes.get(key) ?? [])].sort(compareText);
      const page = ids.filter((id) => after === undefined || compareText(id, after) > 0);
      const found = page.slice(0, limit).flatMap((id) => {
        const record = read(table, id.split('/'));
        return record === undefined ? [] : [{ id, record }];
      });
      return Promise.resolve(found);
    },
  };
  return { put, reader, reads: () => reads };
}
