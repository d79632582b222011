import { timeFromIndexText, timeIndexText, traceEvents } from '@triflow/contracts/schemas';
import { type EventQuery, matchesQuery } from '@triflow/epcis';
import { compareText, limits } from '@triflow/protocol';
import type { IndexEntry } from '../backend.js';
import { candidateKeys } from './candidateKeys.js';
import type { EventView, KeyedEvent } from './eventView.js';

const BATCH = 200;

export interface PageOptions {
  /** `value/id` of the entry that the page starts behind. */
  readonly after: string | undefined;
  readonly limit: number;
}

export interface EventPage {
  readonly events: readonly KeyedEvent[];
  /** Where to read on; undefined at the end. */
  readonly next: string | undefined;
  /** The last entry that was looked at, matching or not. */
  readonly last: string | undefined;
  /** Whether everything up to `next`, or to the end, was looked at within the limits of a scan. */
  readonly complete: boolean;
}

interface Ordering {
  readonly index: string;
  readonly direction: 'up' | 'down';
  /** The first value of the index that can match, and whether one comes too late to match. */
  readonly start: string | undefined;
  readonly isPast: (value: string) => boolean;
}

/**
 * Events that a query asks for, in its order. Those of an indexed value are looked up; otherwise
 * the index of times is read, at most `limits.epcisScanMax` entries for one page, which may then be
 * short though more follow.
 */
export async function readEventPage(
  view: EventView,
  query: EventQuery,
  options: PageOptions,
): Promise<EventPage> {
  const ordering = orderingOf(query);
  const keys = await candidateKeys(view, query);
  const entries =
    keys === undefined
      ? scan(view, ordering, options.after)
      : listed(await sortedEntries(view, query, ordering, keys), options.after);
  const events: KeyedEvent[] = [];
  let last = options.after;
  let looked = 0;
  let bytes = 0;
  for await (const entry of entries) {
    if (looked >= limits.epcisScanMax) return { events, next: last, last, complete: false };
    looked += 1;
    const recorded = await view.event(entry.id);
    const event = recorded && (await view.withMasterData(recorded, query));
    if (event !== undefined && matchesQuery(event, query)) {
      const size = event.record.bodyBytes;
      const isFull = events.length === options.limit || bytes + size > limits.epcisAnswerBytesMax;
      if (isFull) return { events, next: last, last, complete: true };
      events.push(event);
      bytes += size;
    }
    last = `${entry.value}/${entry.id}`;
  }
  return { events, next: undefined, last, complete: true };
}

/** An ordering by time, narrowed by the query's own conditions on that time. */
function orderingOf({ orderBy, ascending, conditions }: EventQuery): Ordering {
  const direction = ascending ? 'up' : 'down';
  const index = ascending ? orderBy : `${orderBy}Down`;
  let fromMs: number | undefined;
  let beforeMs: number | undefined;
  for (const condition of conditions) {
    if (condition.kind !== 'time' || condition.field !== orderBy) continue;
    const { comparison, timeMs } = condition.test;
    if (comparison === 'GE') fromMs = Math.max(fromMs ?? timeMs, timeMs);
    else beforeMs = Math.min(beforeMs ?? timeMs, timeMs);
  }
  const latestMs = beforeMs === undefined ? undefined : beforeMs - 1;
  const startMs = ascending ? fromMs : latestMs;
  const endMs = ascending ? latestMs : fromMs;
  return {
    index,
    direction,
    start: startMs === undefined ? undefined : timeIndexText(startMs, direction),
    isPast: (value) => {
      const timeMs = timeFromIndexText(value, direction);
      if (endMs === undefined || timeMs === undefined) return false;
      return ascending ? timeMs > endMs : timeMs < endMs;
    },
  };
}

async function* scan(
  view: EventView,
  { index, start, isPast }: Ordering,
  from: string | undefined,
): AsyncGenerator<IndexEntry> {
  let after = from ?? start;
  for (;;) {
    const position = after === undefined ? {} : { after };
    const batch = await view.entries({ index, limit: BATCH, ...position });
    for (const entry of batch) {
      if (isPast(entry.value)) return;
      yield entry;
      after = `${entry.value}/${entry.id}`;
    }
    if (batch.length < BATCH) return;
  }
}

async function sortedEntries(
  view: EventView,
  { orderBy }: EventQuery,
  { direction }: Ordering,
  keys: ReadonlySet<string>,
): Promise<IndexEntry[]> {
  const entries: IndexEntry[] = [];
  for (const id of keys) {
    const record = await view.reader.get(traceEvents, id);
    if (record === undefined) continue;
    const timeMs = orderBy === 'eventTime' ? record.eventTimeMs : record.recordedAt;
    entries.push({ id, value: timeIndexText(timeMs, direction) });
  }
  return entries.sort((a, b) => compareText(positionOf(a), positionOf(b)));
}

async function* listed(
  entries: readonly IndexEntry[],
  after: string | undefined,
): AsyncGenerator<IndexEntry> {
  for (const entry of entries) {
    if (after === undefined || compareText(positionOf(entry), after) > 0) yield entry;
  }
}

function positionOf({ value, id }: IndexEntry): string {
  return `${value}/${id}`;
}
