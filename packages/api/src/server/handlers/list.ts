import {
  CodedError,
  compareByMeasure,
  filterNames,
  fitsFilter,
  isKeyPart,
  limits,
  type QueryReader,
  type Table,
} from '@triflow/protocol';
import type { ListAnswer, objectRoutes } from '../../routes/objects.js';
import { filteredReader } from '../access/filteredReader.js';
import type { RouteHandler } from '../call.js';
import { type ListIdentity, listCursorFromText, textFromListCursor } from '../listCursor.js';
import { jsonFromRecord } from '../plainJson.js';
import { errorFromFault, invalidRequest } from '../problems.js';
import type { ServerContext } from '../serverContext.js';
import { unknownObjects } from './objects.js';

type Filters = ListIdentity['filters'];

const WHOLE = /^-?(0|[1-9][0-9]{0,17})$/;

interface Wanted {
  readonly filters: Filters;
  readonly after: string | undefined;
  readonly limit: number;
  readonly sort?: string | undefined;
}

interface Found {
  readonly items: readonly { readonly id: string; readonly record: unknown }[];
  /** Where to go on; undefined at the end. */
  readonly last: string | undefined;
}

/**
 * A page of objects in the order of their ids. The first filter drives an index, the others are
 * checked on its records; a page may be short, and only `next: null` ends the list.
 */
export function listObjects(
  context: ServerContext,
): RouteHandler<(typeof objectRoutes)['listObjects']> {
  return async ({ params, query, filters: members, access }) => {
    const found = context.objects.get(params.objects);
    if (found === undefined) throw unknownObjects(params.objects, context);
    const { table } = found;
    const filters = readFilters(table, members);
    const sorted = query.sort === undefined ? [] : [['sort', query.sort] as const];
    const identity: ListIdentity = { segment: params.objects, filters: [...filters, ...sorted] };
    const start =
      query.cursor === undefined ? undefined : listCursorFromText(query.cursor, identity);
    if (query.cursor !== undefined && start === undefined) {
      throw invalidRequest('cursor', 'is damaged or belongs to another list');
    }
    if (start !== undefined && query.at !== undefined && query.at !== start.height) {
      throw invalidRequest('at', `the cursor reads height ${start.height}`);
    }
    const reader = await context.backend.reader(start?.height ?? query.at);
    if (!reader.ok) throw errorFromFault(reader.fault);
    const { height } = reader.value;
    const wanted: Wanted = {
      filters,
      after: start?.after,
      limit: query.limit ?? limits.listPageDefault,
      sort: query.sort,
    };
    const page = await readPage(filteredReader(reader.value, access), table, wanted);
    const next =
      page.last === undefined ? null : textFromListCursor({ height, after: page.last }, identity);
    // Under a filter the number would tell a stranger what hidden records hold.
    const { redacted } = access;
    const isCounted = redacted > 0 && filters.length === 0;
    const body: ListAnswer = {
      data: page.items.map(({ id, record }) => ({ id, data: jsonFromRecord(table, record) })),
      page: { next, atHeight: height },
      ...(isCounted && { redacted }),
    };
    return { status: 200, body, height };
  };
}

function readFilters(table: Table<unknown>, members: Readonly<Record<string, unknown>>): Filters {
  const known = filterNames(table);
  return Object.entries(members).map(([name, value]) => {
    if (!known.includes(name)) {
      throw new CodedError('REQUEST_UNKNOWN_FILTER', `there is no filter ${name.slice(0, 64)}`, {
        details: { known: [...known, 'at', 'limit', 'cursor', 'sort'] },
      });
    }
    if (typeof value !== 'string' || !isKeyPart(value)) {
      throw invalidRequest(name, 'must be one value of printable ASCII without a slash');
    }
    if (table.indexes?.[name] === undefined && !WHOLE.test(value)) {
      throw invalidRequest(name, 'must be a whole number');
    }
    return [name, value] as const;
  });
}

/** Reads on until the page is full, the list ends or enough records were looked at. */
async function readPage(
  reader: QueryReader,
  table: Table<unknown>,
  options: Wanted,
): Promise<Found> {
  if (options.sort !== undefined) return readSorted(reader, table, options, options.sort);
  const { filters, limit } = options;
  const driving = filters.find(([name]) => table.indexes?.[name] !== undefined);
  const others = filters.filter((filter) => filter !== driving);
  const index = driving && { index: { name: driving[0], value: driving[1] } };
  const items: { id: string; record: unknown }[] = [];
  let last = options.after;
  for (let scanned = 0; scanned < limits.listScanMax; scanned += limit + 1) {
    const from = last === undefined ? {} : { after: last };
    const batch = await reader.list(table, { ...index, ...from, limit: limit + 1 });
    for (const { id, record } of batch) {
      if (items.length === limit) return { items, last };
      last = id;
      if (fits(table, record, others)) items.push({ id, record });
    }
    if (batch.length <= limit) return { items, last: undefined };
  }
  return { items, last };
}

/** A page in the order of a measure: all that fits is read first, so its number is bounded. */
async function readSorted(
  reader: QueryReader,
  table: Table<unknown>,
  { filters, after, limit }: Wanted,
  sort: string,
): Promise<Found> {
  const compare = compareByMeasure(table, sort);
  if (compare === undefined) {
    const known = Object.keys(table.measures ?? {}).join(', ');
    throw invalidRequest('sort', `must be one of ${known || 'none'}, with - for downwards`);
  }
  const max = limits.listScanMax;
  const all = await readPage(reader, table, { filters, after: undefined, limit: max });
  if (all.last !== undefined) {
    throw invalidRequest('sort', `more than ${max} objects fit: filter them first`);
  }
  const rows = [...all.items].sort(compare);
  const from = after === undefined ? 0 : rows.findIndex(({ id }) => id === after) + 1;
  const items = rows.slice(from, from + limit);
  return { items, last: from + limit < rows.length ? items.at(-1)?.id : undefined };
}

function fits(table: Table<unknown>, record: unknown, filters: Filters): boolean {
  return filters.every((filter) => fitsFilter(table, record, filter) === true);
}
