import { createHash } from 'node:crypto';
import { bodies, type TraceEventRecord, traceEvents } from '@triflow/contracts/schemas';
import { eventBytes, eventFacts, eventHash, eventKey, readDocument } from '@triflow/epcis';
import {
  compareText,
  dayFromTime,
  defined,
  limits,
  type PartyId,
  parseJson,
  type QueryReader,
  success,
  type Table,
} from '@triflow/protocol';
import type { NodeBackend } from '../server/backend.js';

const context = [
  'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
  { ex: 'https://e.org/' },
];

interface FakeEvent {
  readonly record: TraceEventRecord;
  readonly bytes: Uint8Array;
  readonly height: number;
}

/** The part of a backend that reads events, over events in memory: one a height, in their order. */
export function fakeEvents(
  list: readonly Record<string, unknown>[],
): Pick<NodeBackend, 'reader' | 'indexPage'> {
  const events = list.map((members, at) => fakeEvent(members, at + 1));
  const head = events.length;
  const records = (height: number): FakeEvent[] => events.filter((one) => one.height <= height);
  return {
    reader: async (height = head) => success(fakeReader(records(height), height)),
    indexPage: async ({ index, after = '', limit, height }) => {
      const valuesOf = defined(traceEvents.indexes?.[index], index);
      const entries = records(height).flatMap(({ record }) => {
        return valuesOf(record).map((value) => ({ value, id: record.key }));
      });
      return entries
        .sort((a, b) => compareText(`${a.value}/${a.id}`, `${b.value}/${b.id}`))
        .filter(({ value, id }) => compareText(`${value}/${id}`, after) > 0)
        .slice(0, limit);
    },
  };
}

function fakeReader(events: readonly FakeEvent[], height: number): QueryReader {
  const get = async <T>(table: Pick<Table<T>, 'name'>, key = ''): Promise<T | undefined> => {
    const found = events.find(({ record }) => record.key === key);
    const value = table.name === bodies.name ? found && { bytes: found.bytes } : found?.record;
    return value as T | undefined;
  };
  return {
    height,
    timeMs: height,
    get: (table, ...parts) => get(table, parts[0]),
    list: async (_table, { index, after = '', limit }) => {
      const rows = events.filter(({ record }) => {
        const values = index === undefined ? [] : traceEvents.indexes?.[index.name]?.(record);
        return index === undefined || values?.includes(index.value) === true;
      });
      const sorted = rows.map(({ record }) => ({ id: record.key, record: record as never }));
      sorted.sort((a, b) => compareText(a.id, b.id));
      return sorted.filter(({ id }) => compareText(id, after) > 0).slice(0, limit);
    },
  };
}

function fakeEvent(members: Record<string, unknown>, height: number): FakeEvent {
  const json = parseJson(JSON.stringify({ '@context': context, ...members }));
  const document = readDocument(json.ok ? json.value : null);
  const event = defined(document.ok ? document.value.events[0] : undefined, 'an event');
  const facts = eventFacts(event);
  const bytes = eventBytes(event);
  const { type, eventId, eventTimeMs, action, bizStep, disposition } = facts;
  const { readPoint, bizLocation, parentId } = facts;
  const recordedAt = 1_800_000_000_000 + height * 1_000;
  const record: TraceEventRecord = {
    ...{ type, eventId, eventTimeMs, action, bizStep, disposition, readPoint, bizLocation },
    key: eventKey(event, sha256),
    hash: eventHash(event, sha256),
    parentId,
    sources: [],
    destinations: [],
    epcs: facts.epcs.slice(0, limits.epcsIndexedPerEventMax),
    epcCount: facts.epcs.length,
    isErrorDeclaration: facts.errorDeclaration !== undefined,
    submitter: 'dev:carrier' as PartyId,
    standing: 'declared',
    validationLevel: 'conformance',
    bodyBytes: bytes.length,
    bodyPieces: 1,
    recordedAt,
    recordedDay: dayFromTime(recordedAt),
  };
  return { record, bytes, height };
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
