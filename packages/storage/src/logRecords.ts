import { assert, limits } from '@triflow/protocol';
import { crc32c, readUint32, writeUint32 } from './recordChecksum.js';
import { readHeight, writeHeight } from './recordKeys.js';

const FILE_MAGIC = 0x54464c47; // TFLG
const FILE_FORMAT = 1;
const RECORD_VERSION = 1;
/** What a disk writes whole or not at all. */
const SECTOR_BYTES = 512;
/** Records start at multiples of this. */
const ALIGNMENT = 8;

/** Magic, format, height, CRC32C, 4 spare bytes. */
export const FILE_HEAD_BYTES = 24;
/**
 * P13: length, CRC32C of the rest of the head, CRC32C of the payload, sequence, synced, height,
 * type, version. Two sums, so that a length can be believed before its payload has been seen.
 * `synced`: records before this number were durable when this one came to stand in the file.
 */
export const RECORD_HEAD_BYTES = 32;

/** One entry of the log; what the payload of a type is, only the caller knows. */
export interface LogRecord {
  /** 0 to 65535. */
  readonly type: number;
  readonly payload: Uint8Array;
}

/** Why a log cannot be trusted: a node that finds this does not sign (P10). */
export type LogDamage = 'bad_record_before_good' | 'bad_last_record' | 'bad_file_head';

export interface ScannedLog {
  /** undefined when the file's own head is damaged. */
  readonly height: number | undefined;
  readonly records: LogRecord[];
  /** Where the next record belongs. */
  readonly end: number;
  readonly rest: 'none' | 'torn' | LogDamage;
}

interface RecordHead {
  readonly length: number;
  readonly sequence: number;
  readonly synced: number;
  readonly type: number;
}

/** The first bytes of a log file. */
export function encodeFileHead(height: number): Uint8Array {
  const bytes = new Uint8Array(FILE_HEAD_BYTES);
  writeUint32(bytes, 0, FILE_MAGIC);
  writeUint32(bytes, 4, FILE_FORMAT);
  writeHeight(bytes, 8, height);
  writeUint32(bytes, 16, crc32c(bytes.subarray(0, 16)));
  return bytes;
}

/** A record's bytes, padded; a payload over the maximum size is the caller's bug. */
export function encodeLogRecord(
  { type, payload }: LogRecord,
  place: { readonly height: number; readonly sequence: number; readonly synced: number },
): Uint8Array {
  assert(Number.isInteger(type) && type >= 0 && type <= 0xffff, 'log record: type of 16 bits');
  assert(payload.length <= limits.logRecordBytesMax, 'log record: over limits.logRecordBytesMax');
  const bytes = new Uint8Array(recordBytes(payload.length));
  writeUint32(bytes, 0, payload.length);
  writeUint32(bytes, 8, crc32c(payload));
  writeUint32(bytes, 12, place.sequence);
  writeUint32(bytes, 16, place.synced);
  writeHeight(bytes, 20, place.height);
  writeUint32(bytes, 28, type * 0x10000 + RECORD_VERSION);
  writeUint32(bytes, 4, headSum(bytes, 0));
  bytes.set(payload, RECORD_HEAD_BYTES);
  return bytes;
}

/**
 * Reads a log file's bytes: the good records up to the first bad one, and what the rest is (P10).
 * The rest is torn, which is harmless, if it never was durable: no later record says so, and a
 * sector of the bad record is missing, that is, cut off or zeros. Bytes that are all there and
 * wrong were written whole once, so they are damage even at the end.
 */
export function scanLog(bytes: Uint8Array): ScannedLog {
  const height = decodeFileHead(bytes);
  const records: LogRecord[] = [];
  let end = FILE_HEAD_BYTES;
  if (height === undefined) return { height, records, end, rest: 'bad_file_head' };
  while (end < bytes.length) {
    const head = readHead(bytes, end, height);
    if (head?.sequence !== records.length || !hasPayload(bytes, end, head)) {
      return { height, records, end, rest: judgeRest(bytes, end, height, records.length) };
    }
    const start = end + RECORD_HEAD_BYTES;
    records.push({ type: head.type, payload: bytes.subarray(start, start + head.length) });
    end += recordBytes(head.length);
  }
  return { height, records, end, rest: 'none' };
}

function recordBytes(payloadLength: number): number {
  const length = RECORD_HEAD_BYTES + payloadLength;
  return length + ((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT);
}

function decodeFileHead(bytes: Uint8Array): number | undefined {
  if (bytes.length < FILE_HEAD_BYTES) return undefined;
  if (readUint32(bytes, 0) !== FILE_MAGIC || readUint32(bytes, 4) !== FILE_FORMAT) return undefined;
  if (readUint32(bytes, 16) !== crc32c(bytes.subarray(0, 16))) return undefined;
  return readHeight(bytes, 8);
}

function readHead(bytes: Uint8Array, offset: number, height: number): RecordHead | undefined {
  if (offset + RECORD_HEAD_BYTES > bytes.length) return undefined;
  const length = readUint32(bytes, offset);
  if (length > limits.logRecordBytesMax || readHeight(bytes, offset + 20) !== height) {
    return undefined;
  }
  const typeAndVersion = readUint32(bytes, offset + 28);
  if ((typeAndVersion & 0xffff) !== RECORD_VERSION) return undefined;
  if (readUint32(bytes, offset + 4) !== headSum(bytes, offset)) return undefined;
  const sequence = readUint32(bytes, offset + 12);
  return { length, sequence, synced: readUint32(bytes, offset + 16), type: typeAndVersion >>> 16 };
}

/** Over the head without the sum itself. */
function headSum(bytes: Uint8Array, offset: number): number {
  const length = crc32c(bytes.subarray(offset, offset + 4));
  return crc32c(bytes.subarray(offset + 8, offset + RECORD_HEAD_BYTES), length);
}

function hasPayload(bytes: Uint8Array, offset: number, head: RecordHead): boolean {
  const start = offset + RECORD_HEAD_BYTES;
  const end = start + head.length;
  if (end > bytes.length) return false;
  return crc32c(bytes.subarray(start, end)) === readUint32(bytes, offset + 8);
}

function judgeRest(
  bytes: Uint8Array,
  offset: number,
  height: number,
  sequence: number,
): 'torn' | LogDamage {
  const bad = readHead(bytes, offset, height);
  const next = offset + (bad === undefined ? ALIGNMENT : recordBytes(bad.length));
  for (let at = next; at < bytes.length; at += ALIGNMENT) {
    const later = readHead(bytes, at, height);
    if (later === undefined || later.sequence <= sequence || !hasPayload(bytes, at, later))
      continue;
    if (later.synced > sequence) return 'bad_record_before_good';
  }
  const headEnd = offset + RECORD_HEAD_BYTES;
  const isTorn =
    bad === undefined
      ? lacksSector(bytes, offset, headEnd)
      : lacksSector(bytes, headEnd, headEnd + bad.length);
  return isTorn ? 'torn' : 'bad_last_record';
}

/** Whether a piece is cut off, or zeros as far as one of its sectors reaches. */
function lacksSector(bytes: Uint8Array, start: number, end: number): boolean {
  if (end > bytes.length) return true;
  for (let at = start; at < end; ) {
    const next = Math.min(end, at - (at % SECTOR_BYTES) + SECTOR_BYTES);
    if (bytes.subarray(at, next).every((byte) => byte === 0)) return true;
    at = next;
  }
  return false;
}
