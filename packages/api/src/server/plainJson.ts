import {
  type CborMap,
  type CborValue,
  jsonFromMemory,
  type LedgerEvent,
  type Schema,
  textFromTime,
  textFromTxId,
} from '@triflow/protocol';
import { textFromCursor } from '../routes/eventCursor.js';
import type { EventAnswer, PlacedEventAnswer } from '../routes/events.js';
import type { PlacedEvent } from './backend.js';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Which member of these shapes is an amount, whatever its size (architecture section 4). */
const AMOUNT_SHAPES: readonly { readonly amount: string; readonly beside: readonly string[] }[] = [
  { amount: 'minor', beside: ['currency'] },
  { amount: 'value', beside: ['unit', 'scale'] },
];

/** A record in its wire form, by the schema of its table; bytes become base64url. */
export function jsonFromRecord(table: { readonly schema: Schema }, record: unknown): Json {
  return plainJson(jsonFromMemory(table.schema, record));
}

/** What a query gave: big integers become decimal text, bytes base64url, the rest stays. */
export function plainJson(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  if (value instanceof Uint8Array) return base64Url(value);
  if (value instanceof Map) return plainJson(Object.fromEntries(value));
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, plainJson);
  const members: { [name: string]: Json } = {};
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) members[name] = plainJson(member);
  }
  return members;
}

/**
 * Canonical data without a schema. Canonical bytes do not tell a big integer from a small one, so
 * integers are numbers within 53 bits and decimal text beyond, except the amounts of money,
 * quantity and price, which are always text.
 */
export function jsonFromCanonical(value: CborValue | undefined): Json {
  if (typeof value === 'bigint') return integerJson(value);
  if (Array.isArray(value)) return value.map((item: CborValue) => jsonFromCanonical(item));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) {
    return plainJson(value);
  }
  return jsonFromMap(value as CborMap);
}

/** A fact in JSON. */
export function jsonFromEvent(event: LedgerEvent): EventAnswer {
  const { contract, type, subject, data } = event;
  return { contract, type, subject, data: jsonFromMap(data) };
}

/** A fact with its place in JSON. */
export function jsonFromPlacedEvent(event: PlacedEvent): PlacedEventAnswer {
  return {
    cursor: textFromCursor(event.cursor),
    height: event.cursor.height,
    time: textFromTime(event.timeMs),
    txId: textFromTxId(event.txId),
    ...jsonFromEvent(event),
  };
}

/** Bytes as base64url, by the runtime's own encoder. */
export function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/** A map's members in JSON. */
export function jsonFromMap(map: CborMap): { [name: string]: Json } {
  const amount = amountOf(map);
  const members: { [name: string]: Json } = {};
  for (const [name, member] of Object.entries(map)) {
    if (member === undefined) continue;
    members[name] = name === amount ? String(member) : jsonFromCanonical(member);
  }
  return members;
}

function amountOf(map: CborMap): string | undefined {
  const shape = AMOUNT_SHAPES.find(({ amount, beside }) => {
    return isInteger(map[amount]) && beside.every((name) => map[name] !== undefined);
  });
  return shape?.amount;
}

function isInteger(value: CborValue | undefined): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}

function integerJson(value: bigint): Json {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
