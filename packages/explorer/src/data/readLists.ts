import { chainClient } from './chainClient.js';
import type { LedgerFact } from './liveEvents.js';
import { getJson, isRecord, PageProblem } from './nodeApi.js';

export interface Row {
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface ListPage {
  readonly data: readonly Row[];
  readonly page: { readonly next: string | null; readonly atHeight: number };
  /** How many records were passed over because this reader may not see them. */
  readonly redacted?: number;
}

export interface ObjectAnswer extends Row {
  readonly height: number;
  readonly stateKey: string;
}

export interface FactPage {
  readonly data: readonly LedgerFact[];
  readonly page: { readonly next: string; readonly more: boolean; readonly atHeight: number };
}

/** The table of lots that are traced, and not kept in a warehouse. */
export const TRACED_LOT = 'trace/tracedLot/';

const PAGE = 200;
/** Records of one kind that name another, read at most: some hundred serials of a lot. */
const LINKED_MAX = '200';
/** The transaction index of a cursor behind all of its block (event cursors of the API). */
const END_OF_BLOCK = 4_294_967_295;
/** Facts of one object that a page reads at most. */
export const FACTS_MAX = 2_000;

/** One page of a list. */
export function readList(
  segment: string,
  query: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<ListPage> {
  return getJson<ListPage>(`/v1/${segment}?${new URLSearchParams(query)}`, signal);
}

export async function readObject(
  segment: string,
  id: string,
  signal?: AbortSignal,
): Promise<ObjectAnswer> {
  try {
    return await getJson<ObjectAnswer>(`/v1/${segment}/${encodeURIComponent(id)}`, signal);
  } catch (error) {
    const isTraced = segment === 'lots' && error instanceof PageProblem && error.status === 404;
    const traced = isTraced ? await readTracedLot(id) : undefined;
    if (traced === undefined) throw error;
    return traced;
  }
}

/** A lot that no warehouse keeps stands in the trace contract alone; it is read with proof. */
async function readTracedLot(id: string): Promise<ObjectAnswer | undefined> {
  const stateKey = TRACED_LOT + id;
  try {
    const { json, height } = await (await chainClient()).record(stateKey);
    return isRecord(json) ? { id, data: json, height, stateKey } : undefined;
  } catch {
    return undefined;
  }
}

/** The facts whose subject is the object, oldest first. */
export async function readHistory(
  segment: string,
  id: string,
  signal?: AbortSignal,
): Promise<readonly LedgerFact[]> {
  const facts: LedgerFact[] = [];
  let after: string | undefined;
  while (facts.length < FACTS_MAX) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(after && { after }) });
    const path = `/v1/${segment}/${encodeURIComponent(id)}/history?${query}`;
    const { data, page } = await getJson<FactPage>(path, signal);
    facts.push(...data);
    if (!page.more) break;
    after = page.next;
  }
  return facts;
}

/** The last facts after a cursor, newest first; the caller begins near the head. */
export async function readFacts(
  query: Readonly<Record<string, string>>,
  count: number,
  signal?: AbortSignal,
): Promise<readonly LedgerFact[]> {
  let facts: LedgerFact[] = [];
  let after: string | undefined = query.after;
  for (let pages = 0; pages < FACTS_MAX / PAGE; pages += 1) {
    const members = { ...query, limit: String(PAGE), ...(after && { after }) };
    const { data, page } = await getJson<FactPage>(
      `/v1/events?${new URLSearchParams(members)}`,
      signal,
    );
    facts = [...facts, ...data].slice(-count);
    if (!page.more) break;
    after = page.next;
  }
  return facts.reverse();
}

/** A cursor so many blocks before the head. */
export function blocksBack(height: number, blocks: number): string {
  return `${Math.max(0, height - blocks)}.${END_OF_BLOCK}.0`;
}

/** Rows of several lists, gathered; a list that this reader may not see is left out. */
export async function readLinked(
  lists: readonly { readonly segment: string; readonly query: Readonly<Record<string, string>> }[],
  signal?: AbortSignal,
): Promise<readonly { readonly segment: string; readonly row: Row }[]> {
  const found = await Promise.all(
    lists.map(async ({ segment, query }) => {
      try {
        const { data } = await readList(segment, { limit: LINKED_MAX, ...query }, signal);
        return data.map((row) => ({ segment, row }));
      } catch {
        return [];
      }
    }),
  );
  const seen = new Set<string>();
  return found.flat().filter(({ row }) => !seen.has(row.id) && seen.add(row.id));
}
