import {
  assert,
  type CborValue,
  decodeCanonical,
  encodeCanonical,
  memoryFromCbor,
  type Table,
} from '@triflow/protocol';
import { recordAsRead } from './recordAsRead.js';

/** Of so many records the form in which they were written is kept: a block's worth and more. */
const WRITTEN_MAX = 8_192;

/** Records by the very bytes they were read from: a version of a record is decoded once. */
const decodedRecords = new WeakMap<Uint8Array, unknown>();

/** Records by the bytes that were made of them, until they are read or many others were written. */
const written = { records: new WeakMap<Uint8Array, unknown>(), count: 0 };

/**
 * Reads a stored record; one that does not fit its schema is a bug of ours. The same bytes give
 * the same record, deeply frozen: whoever tries to change it in place fails at once. A record that
 * was written a moment ago is not decoded where `recordAsRead` knows what decoding would give.
 */
export function decodeRecord<T>(table: Table<T>, bytes: Uint8Array): T {
  const known = decodedRecords.get(bytes);
  if (known !== undefined) return known as T;
  const record = recordAsRead(table.schema, written.records.get(bytes)) ?? parsed(table, bytes);
  decodedRecords.set(bytes, deepFreeze(record));
  return record as T;
}

/** Canonical bytes of a record. */
export function encodeRecord<T>(table: Table<T>, record: T): Uint8Array {
  const checked = table.schema.parse(record);
  const bytes = encodeCanonical(checked as CborValue);
  if (written.count === WRITTEN_MAX) {
    written.records = new WeakMap();
    written.count = 0;
  }
  written.records.set(bytes, checked);
  written.count += 1;
  return bytes;
}

function parsed<T>(table: Table<T>, bytes: Uint8Array): T {
  const decoded = decodeCanonical(bytes);
  assert(decoded.ok, `state: ${table.contract}/${table.name} is not canonical`);
  return table.schema.parse(memoryFromCbor(table.schema, decoded.value));
}

/** Freezes plain objects and arrays; byte strings cannot be frozen and are left as they are. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const member of Object.values(value)) {
    if (typeof member === 'object') deepFreeze(member);
  }
  return Object.freeze(value);
}
