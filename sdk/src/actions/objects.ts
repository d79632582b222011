import {
  endOfBlock,
  listAnswerSchema,
  objectRoutes,
  PARTY_SEGMENT,
  textFromCursor,
} from '@triflow/api/routes';
import { fitsFilter, limits, memoryFromJson, objectKinds, type Table } from '@triflow/protocol';
import { callNode } from '../client/callNode.js';
import type { ClientCore } from '../client/clientCore.js';
import { namesParty, ownParty } from '../client/ownParty.js';
import { type ReadOptions, readRecordAt, readStateWithin, recordOf } from '../client/readState.js';
import type { ReadResult, Verified } from '../client/verified.js';
import {
  type CallOptions,
  type Deadline,
  deadlineError,
  isTimeout,
  underDeadline,
} from '../deadline.js';
import { TriflowError } from '../errors/triflowError.js';
import { followEvents } from '../events/followEvents.js';
import { keyOf } from '../recordTable.js';

/** How soon a read that is behind an event is repeated. */
const BEHIND_MS = 100;

export interface ListOptions extends CallOptions {
  /** Index names and values, and bounds of measures (`ltvBpsGte`); all must hold. */
  readonly where?: Readonly<Record<string, string | number>>;
  /** A measure of the objects, with `-` for downwards; without it, by id. */
  readonly sort?: string;
  /** Only objects whose record names the account's party. */
  readonly mine?: boolean;
  readonly at?: number;
  readonly pageSize?: number;
}

/** One object of a list. Each record is proved; that none is missing is not. */
export interface Listed<T> {
  readonly id: string;
  readonly data: T;
  readonly height: number;
  readonly verified: Verified | undefined;
}

/** What is waited for: a state's name, or a test of the record. */
export type Condition<T> = string | ((record: T | null) => boolean);

/** Reads one object, or proves that there is none. */
export function getter<T>(
  table: Table<T>,
): (core: ClientCore, id: string, options?: ReadOptions) => Promise<ReadResult<T>> {
  return (core, id, options) => readRecordAt(core, table, [id], options);
}

/** Goes through objects in the order of their ids, page by page, all at one height. */
export function lister<T>(
  table: Table<T>,
): (core: ClientCore, options?: ListOptions) => AsyncGenerator<Listed<T>, void, undefined> {
  return (core, options) => list(core, table, options ?? {});
}

/**
 * Waits by events until an object stands as wished, and gives its verified record.
 * `WAIT_TIMEOUT` when time runs out.
 */
export function waiter<T>(
  table: Table<T>,
): (
  core: ClientCore,
  id: string,
  condition: Condition<T>,
  options?: CallOptions,
) => Promise<ReadResult<T>> {
  return (core, id, condition, options) => {
    const { signal, timeoutMs = core.timeoutMs } = options ?? {};
    return underDeadline(core.environment, { signal, timeoutMs }, async (deadline) => {
      try {
        return await waitFor(core, table, id, condition, deadline);
      } catch (error) {
        if (!deadline.signal.aborted) throw error;
        if (!isTimeout(deadline.signal)) throw deadlineError(deadline.signal, '');
        throw new TriflowError('WAIT_TIMEOUT', `${id} did not come to what was waited for`);
      }
    });
  };
}

async function* list<T>(
  core: ClientCore,
  table: Table<T>,
  options: ListOptions,
): AsyncGenerator<Listed<T>, void, undefined> {
  const party = options.mine === true ? ownParty(core) : undefined;
  let cursor: string | undefined;
  do {
    const page = await underDeadline(
      core.environment,
      { signal: options.signal, timeoutMs: options.timeoutMs ?? core.timeoutMs },
      (deadline) => readPage(core, table, options, cursor, deadline),
    );
    yield* page.items.filter(({ data }) => party === undefined || namesParty(data, party));
    cursor = page.next;
  } while (cursor !== undefined);
}

interface Page<T> {
  readonly items: readonly Listed<T>[];
  readonly next: string | undefined;
}

async function readPage<T>(
  core: ClientCore,
  table: Table<T>,
  options: ListOptions,
  cursor: string | undefined,
  deadline: Deadline,
): Promise<Page<T>> {
  await core.chain.anchor(deadline);
  const { at, pageSize, sort } = options;
  const where = textsOf(options.where);
  const start = cursor === undefined ? { at, sort, ...where } : { cursor, sort, ...where };
  const call = {
    route: objectRoutes.listObjects,
    params: { objects: segmentOf(table) },
    query: { ...start, limit: pageSize },
    ...(at === undefined && cursor === undefined ? { minHeight: core.seen.read } : {}),
  };
  const expected = core.chain.expected();
  const { value } = await callNode(core, expected, deadline, call, listAnswerSchema);
  const { atHeight, next } = value.page;
  const items: Listed<T>[] = [];
  if (core.verify === 'never') {
    for (const row of value.data) items.push(statedRow(table, row, atHeight));
    return { items, next: next ?? undefined };
  }
  const ids = value.data.map((row) => row.id);
  for (let start = 0; start < ids.length; start += limits.stateKeysPerProofMax) {
    const some = ids.slice(start, start + limits.stateKeysPerProofMax);
    items.push(...(await provedRows(core, table, some, { at: atHeight, where }, deadline)));
  }
  return { items, next: next ?? undefined };
}

/** The records behind a page's ids, with proof; a row that is none, or does not fit, throws. */
async function provedRows<T>(
  core: ClientCore,
  table: Table<T>,
  ids: readonly string[],
  page: { readonly at: number; readonly where: Readonly<Record<string, string>> },
  deadline: Deadline,
): Promise<Listed<T>[]> {
  const keys = ids.map((id) => keyOf(table, [id]));
  const options = { at: page.at, heightExists: true };
  const state = await readStateWithin(core, keys, options, deadline);
  return ids.map((id, position) => {
    const { data, height, verified } = recordOf(core, state, table, position);
    if (data === null || !fits(table, data, page.where)) {
      throw new TriflowError('VERIFICATION_FAILED', `${id} does not belong in this list`, {
        phase: 'verify',
      });
    }
    return { id, data, height, verified };
  });
}

function textsOf(where: ListOptions['where'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(where).map(([name, value]) => [name, String(value)]));
}

/** The filters are the table's own, so that a row can be held against them here. */
function fits<T>(table: Table<T>, record: T, where: Readonly<Record<string, string>>): boolean {
  return Object.entries(where).every((filter) => fitsFilter(table, record, filter) ?? true);
}

function statedRow<T>(
  table: Table<T>,
  row: { readonly id: string; readonly data?: unknown },
  height: number,
): Listed<T> {
  const parsed = table.schema.safeParse(memoryFromJson(table.schema, row.data));
  if (parsed.success) return { id: row.id, data: parsed.data, height, verified: undefined };
  throw new TriflowError('TRANSPORT_FAILED', `${row.id} has an unknown form`, { retry: 'never' });
}

async function waitFor<T>(
  core: ClientCore,
  table: Table<T>,
  id: string,
  condition: Condition<T>,
  deadline: Deadline,
): Promise<ReadResult<T>> {
  const read = (): Promise<ReadResult<T>> => {
    const { signal } = deadline;
    return readRecordAt(core, table, [id], { signal, timeoutMs: deadline.leftMs() });
  };
  let found = await read();
  if (holds(condition, found.data)) return found;
  const after = textFromCursor(endOfBlock(found.height));
  const { signal } = deadline;
  for await (const event of followEvents(core, { subject: id, after, signal })) {
    found = await read();
    while (found.height < event.height) {
      await deadline.sleep(BEHIND_MS);
      found = await read();
    }
    if (holds(condition, found.data)) return found;
  }
  throw deadlineError(signal, `${id}: no more events`);
}

function holds<T>(condition: Condition<T>, record: T | null): boolean {
  if (typeof condition === 'function') return condition(record);
  if (typeof record !== 'object' || record === null || !('state' in record)) return false;
  return record.state === condition;
}

function segmentOf(table: Pick<Table<never>, 'objectKind'>): string {
  return table.objectKind === undefined ? PARTY_SEGMENT : objectKinds[table.objectKind];
}
