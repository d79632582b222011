import { assert, type Hash } from '@triflow/protocol';
import type { Prefix } from './prefixes.js';
import { readUint32, writeUint32 } from './recordChecksum.js';

const TWO_32 = 0x1_0000_0000;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export const HEIGHT_BYTES = 8;
export const HASH_BYTES = 32;

/** A height as 8 big-endian bytes, so that byte order is number order. */
export function heightBytes(height: number): Uint8Array {
  const bytes = new Uint8Array(HEIGHT_BYTES);
  writeHeight(bytes, 0, height);
  return bytes;
}

/** Writes a height's 8 bytes at an offset. */
export function writeHeight(bytes: Uint8Array, offset: number, height: number): void {
  assert(Number.isSafeInteger(height) && height >= 0, 'writeHeight: not a height');
  writeUint32(bytes, offset, Math.floor(height / TWO_32));
  writeUint32(bytes, offset + 4, height % TWO_32);
}

/** Reads a height's 8 bytes at an offset. */
export function readHeight(bytes: Uint8Array, offset: number): number {
  return readUint32(bytes, offset) * TWO_32 + readUint32(bytes, offset + 4);
}

/** `prefix h`. */
export function heightKey(prefix: Prefix, height: number): Uint8Array {
  const key = new Uint8Array(1 + HEIGHT_BYTES);
  key[0] = prefix;
  writeHeight(key, 1, height);
  return key;
}

/** `prefix index`, 4 bytes. */
export function numberKey(prefix: Prefix, index: number): Uint8Array {
  const key = new Uint8Array(5);
  key[0] = prefix;
  writeUint32(key, 1, index);
  return key;
}

/** `prefix text tail`; text must not contain NUL, which ends it where a tail follows. */
export function textKey(prefix: Prefix, text: string, tail?: Uint8Array): Uint8Array {
  assert(!text.includes('\0'), 'textKey: text with NUL');
  const length = Buffer.byteLength(text);
  const key = Buffer.allocUnsafe(1 + length + (tail === undefined ? 0 : tail.length));
  key[0] = prefix;
  key.write(text, 1, length, 'utf8');
  if (tail !== undefined) key.set(tail, 1 + length);
  return key;
}

/** The text of a key made by `textKey`, without prefix and a tail of so many bytes. */
export function textOfKey(key: Uint8Array, tailBytes = 0): string {
  return decoder.decode(key.subarray(1, key.length - tailBytes));
}

/** `prefix hash`. */
export function hashKey(prefix: Prefix, hash: Hash): Uint8Array {
  const key = Buffer.allocUnsafe(1 + HASH_BYTES);
  key[0] = prefix;
  key.write(hash, 1, HASH_BYTES, 'hex');
  return key;
}

/** The keys of a whole prefix: from <= key < to. */
export function prefixRange(prefix: Prefix): { from: Uint8Array; to: Uint8Array } {
  return { from: Uint8Array.of(prefix), to: Uint8Array.of(prefix + 1) };
}
