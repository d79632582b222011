import { limits, type QueryReader, stateKey, type Table } from '@triflow/protocol';
import { z } from 'zod';

/** How a view pages: from after a cursor that it gave, so many items. */
export const viewPage = {
  cursor: z.string().min(1).max(limits.listCursorTextMax).optional(),
  limit: z.coerce.number().int().min(1).max(limits.listPageMax).default(limits.listPageDefault),
};

export interface Page {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** A view's answer: items of a page, whence the next one goes on, and the keys read. */
export interface ViewAnswer<I, S extends object = object> {
  readonly data: { readonly items: readonly I[]; readonly next?: string } & S;
  readonly proofRef: readonly string[];
}

interface Index {
  readonly name: string;
  readonly value: string;
}

/**
 * Walks an index in key order from after a cursor and keeps what `pick` gives, until a page is
 * full, the index ends, or `listScanMax` records were read: the cost of a page is bounded however
 * few records fit.
 */
export async function pageOfIndex<T, I>(
  reader: QueryReader,
  table: Table<T>,
  index: Index,
  page: Page,
  pick: (record: T) => I | undefined | Promise<I | undefined>,
): Promise<ViewAnswer<I>> {
  const items: I[] = [];
  const proofRef: string[] = [];
  let after = page.cursor;
  let scanned = 0;
  while (items.length < page.limit && scanned < limits.listScanMax) {
    const limit = Math.min(limits.listPageMax, limits.listScanMax - scanned);
    const found = await reader.list(table, { index, limit, ...from(after) });
    for (const { id, record } of found) {
      after = id;
      scanned += 1;
      const item = await pick(record);
      if (item === undefined) continue;
      items.push(item);
      proofRef.push(stateKey(table, id.split('/')));
      if (items.length === page.limit) break;
    }
    const whole = items.length < page.limit && found.length < limit;
    if (whole) return { data: { items }, proofRef };
  }
  return { data: { items, ...(after === undefined ? {} : { next: after }) }, proofRef };
}

/** All records of an index, at most `viewRecordsMax`; `complete` says whether that was all. */
export async function allOfIndex<T>(
  reader: QueryReader,
  table: Table<T>,
  index: Index,
): Promise<{ readonly records: readonly T[]; readonly complete: boolean }> {
  const records: T[] = [];
  let after: string | undefined;
  while (records.length < limits.viewRecordsMax) {
    const limit = Math.min(limits.listPageMax, limits.viewRecordsMax - records.length);
    const found = await reader.list(table, { index, limit, ...from(after) });
    for (const { id, record } of found) {
      after = id;
      records.push(record);
    }
    if (found.length < limit) return { records, complete: true };
  }
  return { records, complete: false };
}

/** A page of a list that was made whole first; the cursor is the number of items before it. */
export function pageOfList<I>(
  all: readonly I[],
  page: Page,
): { readonly items: readonly I[]; readonly next?: string } {
  const start = /^[0-9]{1,9}$/.test(page.cursor ?? '0') ? Number(page.cursor ?? '0') : all.length;
  const items = all.slice(start, start + page.limit);
  const end = start + items.length;
  return end < all.length ? { items, next: String(end) } : { items };
}

function from(after: string | undefined): { readonly after?: string } {
  return after === undefined ? {} : { after };
}
