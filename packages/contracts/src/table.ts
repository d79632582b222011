import type { Table } from '@triflow/protocol';

/** One kind of record of a contract. */
export function defineTable<T>(table: Table<T>): Table<T> {
  return table;
}

/** The tables of a contract as `defineContract` takes them; their record types are set aside. */
export function tableList<const T extends readonly unknown[]>(
  ...tables: { readonly [K in keyof T]: Table<T[K]> }
): readonly Table<never>[] {
  return tables as unknown as readonly Table<never>[];
}
