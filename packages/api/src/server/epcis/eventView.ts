import { bodies, type TraceEventRecord, traceEvents } from '@triflow/contracts/schemas';
import { type EventQuery, type RecordedEvent, readDocument } from '@triflow/epcis';
import { parseJson, type QueryReader } from '@triflow/protocol';
import { filteredReader } from '../access/filteredReader.js';
import type { RequestAccess } from '../access/requestAccess.js';
import type { IndexEntry, IndexPageOptions, NodeBackend } from '../backend.js';
import { errorFromFault } from '../problems.js';
import { createMasterData } from './masterData.js';

/** Events are never changed, so what was read once can be kept. */
const KEPT_EVENTS_MAX = 2_000;

/** An event with its key in the ledger. */
export interface KeyedEvent extends RecordedEvent {
  readonly key: string;
  readonly record: TraceEventRecord;
}

/** What one reader may see of the events at one height. */
export interface EventView {
  readonly height: number;
  readonly reader: QueryReader;
  entries(
    options: Pick<IndexPageOptions, 'index' | 'after' | 'limit'>,
  ): Promise<readonly IndexEntry[]>;
  /** Undefined when there is none, or the reader may not see it. */
  record(key: string): Promise<TraceEventRecord | undefined>;
  event(key: string): Promise<KeyedEvent | undefined>;
  /** The event with the attributes that a query asks for, as they stand at this height. */
  withMasterData(event: KeyedEvent, query: EventQuery): Promise<KeyedEvent>;
}

/** Makes views over a node; events that were read stay in memory, so many of them. */
export function createEventViews(
  backend: NodeBackend,
): (access: RequestAccess, height?: number) => Promise<EventView> {
  const kept = new Map<string, KeyedEvent>();
  return async (access, at) => {
    const found = await backend.reader(at);
    if (!found.ok) throw errorFromFault(found.fault);
    const open = found.value;
    const reader = filteredReader(open, access);
    const { height } = open;
    return {
      height,
      reader,
      entries: (options) => backend.indexPage({ ...options, table: traceEvents, height }),
      record: (key) => reader.get(traceEvents, key),
      withMasterData: createMasterData(reader),
      event: async (key) => {
        const record = await reader.get(traceEvents, key);
        if (record === undefined) return undefined;
        const known = kept.get(key) ?? (await readEvent(open, key, record));
        if (known === undefined) return undefined;
        kept.delete(key);
        kept.set(key, known);
        const [oldest] = kept.keys();
        if (kept.size > KEPT_EVENTS_MAX && oldest !== undefined) kept.delete(oldest);
        return known;
      },
    };
  };
}

async function readEvent(
  reader: QueryReader,
  key: string,
  record: TraceEventRecord,
): Promise<KeyedEvent | undefined> {
  const bytes = new Uint8Array(record.bodyBytes);
  let offset = 0;
  for (let piece = 0; piece < record.bodyPieces; piece += 1) {
    const found = await reader.get(bodies, key, String(piece));
    if (found === undefined) return undefined;
    bytes.set(found.bytes, offset);
    offset += found.bytes.length;
  }
  const json = parseJson(bytes);
  const document = json.ok ? readDocument(json.value) : undefined;
  const event = document?.ok === true ? document.value.events[0] : undefined;
  if (event === undefined) return undefined;
  return { key, record, event, recordTimeMs: record.recordedAt, hash: record.hash };
}
