import { type ListIdentity, listCursorFromText, textFromListCursor } from './listCursor.js';
import { invalidRequest } from './problems.js';

/** Where a query's own paging continues: by what its parameter is called, a page or a key. */
const POSITIONS = ['cursor', 'after'] as const;
/** What another page of the same answer may have otherwise. */
const FREE: ReadonlySet<string> = new Set([...POSITIONS, 'limit']);

type Members = Readonly<Record<string, unknown>>;

/** A page of a query: the height that all its pages read, and its parameters with the position. */
export interface QueryPage {
  readonly at: number | undefined;
  readonly members: Members;
}

/**
 * The page that a request asks for. A cursor is one that an earlier page gave: it names height and
 * position, and continues the same query only. Throws REQUEST_INVALID.
 */
export function queryPage(
  name: string,
  query: { readonly at?: number | undefined; readonly cursor?: string | undefined },
  filters: Members,
  position: string | undefined,
): QueryPage {
  const { at, cursor } = query;
  if (cursor === undefined) return { at, members: filters };
  const start = listCursorFromText(cursor, identityOf(name, filters));
  if (start === undefined || position === undefined) {
    throw invalidRequest('cursor', 'is damaged or belongs to another query');
  }
  if (at !== undefined && at !== start.height) {
    throw invalidRequest('at', `the cursor reads height ${start.height}`);
  }
  return { at: start.height, members: { ...filters, [position]: start.after } };
}

/** What a query calls the place that its pages continue from; undefined when it has no pages. */
export function positionOf(shape: Readonly<Record<string, unknown>>): string | undefined {
  return POSITIONS.find((name) => Object.hasOwn(shape, name));
}

/** The data with its `next` made a cursor that pins the height. */
export function withPinnedNext(
  data: unknown,
  page: { readonly name: string; readonly height: number; readonly members: Members },
): unknown {
  if (typeof data !== 'object' || data === null || !('next' in data)) return data;
  const { next } = data;
  if (typeof next !== 'string') return data;
  const list = identityOf(page.name, page.members);
  return { ...data, next: textFromListCursor({ height: page.height, after: next }, list) };
}

function identityOf(name: string, members: Members): ListIdentity {
  const filters = Object.entries(members)
    .filter(([member]) => !FREE.has(member))
    .map(([member, value]) => [member, JSON.stringify(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { segment: `queries/${name}`, filters };
}
