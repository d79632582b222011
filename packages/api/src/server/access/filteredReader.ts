import { limits, type QueryReader, type Table } from '@triflow/protocol';
import type { RequestAccess } from './requestAccess.js';

type ListOptions = Parameters<QueryReader['list']>[1];

/**
 * A reader that shows one request's reader what it may see: hidden records are as if they were
 * not there, and are counted as redacted.
 */
export function filteredReader(view: QueryReader, access: RequestAccess): QueryReader {
  if (access.isOpen) return view;
  return {
    height: view.height,
    timeMs: view.timeMs,
    get: async <T>(table: Table<T>, ...parts: string[]): Promise<T | undefined> => {
      const record = await view.get(table, ...parts);
      if (record === undefined) return undefined;
      const place = { table: table as Table<unknown>, parts, record };
      if (await access.mayRead(view, place)) return record;
      access.hide(place);
      return undefined;
    },
    list: (table, options) => listVisible(view, access, table, options),
  };
}

/** Reads on past hidden records until the page is full, so that a short page is the last one. */
async function listVisible<T>(
  view: QueryReader,
  access: RequestAccess,
  table: Table<T>,
  options: ListOptions,
): Promise<readonly { readonly id: string; readonly record: T }[]> {
  const { limit } = options;
  const found: { id: string; record: T }[] = [];
  let after = options.after;
  for (let looked = 0; looked < limits.storeListMax; looked += limit) {
    const batch = await view.list(table, { ...options, ...(after !== undefined && { after }) });
    for (const row of batch) {
      after = row.id;
      const parts = row.id.split('/');
      const place = { table: table as Table<unknown>, parts, record: row.record };
      if (await access.mayRead(view, place)) found.push(row);
      else access.hide(place);
      if (found.length === limit) return found;
    }
    if (batch.length < limit) return found;
  }
  return found;
}
