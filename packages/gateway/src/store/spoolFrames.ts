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
    const length = bytes.readUInt32BE(at);
    const end = at + HEAD_BYTES + length;
    if (length > limits.spoolRecordBytesMax || end > bytes.length) break;
    const record = bytes.subarray(at + HEAD_BYTES, end);
    if (crc32(record) !== bytes.readUInt32BE(at + 4)) break;
    at = end;
    found.push({ bytes: record, next: { segment, offset: offset + at } });
  }
  return found;
}
