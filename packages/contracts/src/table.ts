import type { Table } from '@triflow/protocol';

/** One kind of record of a contract. */
export function defineTable<T>(table: Table<T>): Table<T> {
  return table;
}
