import { CodedError, hexFromBytes } from '@triflow/protocol';
import { prefixName } from './prefixes.js';

/** Castagnoli's polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78;
const CHECKSUM_BYTES = 4;
const tables = createTables();

/**
 * The bytes to store under a key: a CRC32C over key and value, then the value. The engine verifies
 * nothing on read, so each record vouches for itself and for the place where it lies (P13).
 */
export function sealRecord(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = CHECKSUM_BYTES;
  for (const part of parts) length += part.length;
  // From Buffer's pool: the engine copies it at once, and there are thousands in a block.
  const stored = Buffer.allocUnsafe(length);
  let offset = CHECKSUM_BYTES;
  for (const part of parts) {
    stored.set(part, offset);
    offset += part.length;
  }
  writeUint32(stored, 0, checksumOf(key, stored));
  return stored;
}

/** The value of a stored record, as a view; throws STORE_CORRUPT when its checksum disagrees. */
export function openRecord(key: Uint8Array, stored: Uint8Array): Uint8Array {
  if (isWholeRecord(key, stored)) return stored.subarray(CHECKSUM_BYTES);
  const prefix = prefixName(key);
  const keyHex = hexFromBytes(key);
  throw new CodedError('STORE_CORRUPT', `a record of '${prefix}' is damaged (key ${keyHex})`, {
    details: { prefix, key: keyHex, bytes: stored.length },
  });
}

/** Whether a stored record is the one that was written under this key. */
export function isWholeRecord(key: Uint8Array, stored: Uint8Array): boolean {
  if (stored.length < CHECKSUM_BYTES) return false;
  return readUint32(stored, 0) === checksumOf(key, stored);
}

/** CRC32C (RFC 3720 appendix B.4) as an unsigned integer; `seed` continues an earlier sum. */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  let crc = ~seed;
  let i = 0;
  for (const last = bytes.length - 7; i < last; i += 8) {
    const low =
      crc ^
      ((bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24));
    crc =
      (tables[1792 + (low & 0xff)] as number) ^
      (tables[1536 + ((low >>> 8) & 0xff)] as number) ^
      (tables[1280 + ((low >>> 16) & 0xff)] as number) ^
      (tables[1024 + (low >>> 24)] as number) ^
      (tables[768 + (bytes[i + 4] as number)] as number) ^
      (tables[512 + (bytes[i + 5] as number)] as number) ^
      (tables[256 + (bytes[i + 6] as number)] as number) ^
      (tables[bytes[i + 7] as number] as number);
  }
  for (; i < bytes.length; i += 1) {
    crc = (tables[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

/** Reads a big-endian unsigned 32-bit integer. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return (
    (((bytes[offset] as number) << 24) |
      ((bytes[offset + 1] as number) << 16) |
      ((bytes[offset + 2] as number) << 8) |
      (bytes[offset + 3] as number)) >>>
    0
  );
}

/** Writes a big-endian unsigned 32-bit integer. */
export function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

/** The key's own sum seeds the value's, so that no byte can move from one to the other unseen. */
function checksumOf(key: Uint8Array, stored: Uint8Array): number {
  return crc32c(stored.subarray(CHECKSUM_BYTES), crc32c(key) ^ key.length);
}

/** Eight tables of 256: a byte's effect when 0 to 7 bytes follow it. */
function createTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    made[byte] = crc;
  }
  for (let i = 256; i < made.length; i += 1) {
    const before = made[i - 256] as number;
    made[i] = (before >>> 8) ^ (made[before & 0xff] as number);
  }
  return made;
}
