import { crc32 } from 'node:zlib';
import { CodedError, limits } from '@triflow/protocol';

const HEAD_BYTES = 8;

/** What a frame adds to the longest record. */
export const FRAME_BYTES_MAX = limits.spoolRecordBytesMax + HEAD_BYTES;

/** A place between two records: a segment's number and a byte in it. */
export interface SpoolPlace {
  readonly segment: number;
  readonly offset: number;
}

export interface SpoolRecord {
  readonly bytes: Uint8Array;
  /** Where the next record begins. */
  readonly next: SpoolPlace;
}

/** Length, checksum, record. Throws `REQUEST_TOO_LARGE`. */
export function frame(record: Uint8Array): Uint8Array {
  const most = limits.spoolRecordBytesMax;
  if (record.length > most) {
    throw new CodedError('REQUEST_TOO_LARGE', `a record is over ${most} bytes`);
  }
  const framed = Buffer.allocUnsafe(HEAD_BYTES + record.length);
  framed.writeUInt32BE(record.length, 0);
  framed.writeUInt32BE(crc32(record), 4);
  framed.set(record, HEAD_BYTES);
  return framed;
}

/** Records of one stretch of bytes; stops before one that is cut off or damaged. */
export function unframe(bytes: Buffer, { segment, offset }: SpoolPlace): SpoolRecord[] {
  const found: SpoolRecord[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const record = recordAt(bytes, at);
    if (record === undefined) break;
    at += HEAD_BYTES + record.length;
    found.push({ bytes: record, next: { segment, offset: offset + at } });
  }
  return found;
}

/** Where the next whole record begins behind damage; undefined when there is none. */
export function nextWhole(bytes: Buffer, from: number): number | undefined {
  for (let at = from; at + HEAD_BYTES <= bytes.length; at += 1) {
    if (recordAt(bytes, at) !== undefined) return at;
  }
  return undefined;
}

/** The record at a place; undefined where its length or checksum is wrong. */
function recordAt(bytes: Buffer, at: number): Buffer | undefined {
  const length = bytes.readUInt32BE(at);
  const end = at + HEAD_BYTES + length;
  // Zeros, as a crash leaves them, would read as records without a byte.
  if (length === 0 || length > limits.spoolRecordBytesMax || end > bytes.length) return undefined;
  const record = bytes.subarray(at + HEAD_BYTES, end);
  return crc32(record) === bytes.readUInt32BE(at + 4) ? record : undefined;
}
