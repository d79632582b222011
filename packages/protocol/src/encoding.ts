import { assert } from './assert.js';
import { compareBytes, textFromUtf8, utf8FromText } from './bytes.js';
import { limits } from './limits.js';
import { failure, type Result, success } from './result.js';
import { isWellFormedText } from './text.js';

/** What canonical bytes can say. Integers read back as number when safe, else as bigint. */
export type CborValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly CborValue[]
  | CborMap;

export interface CborMap {
  readonly [key: string]: CborValue | undefined;
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
/** Text up to this length is read and written byte by byte. */
const SHORT_TEXT = 64;
const KNOWN_KEYS_MAX = 4_096;
/** Up to so many members sorting by insertion is quicker. */
const FEW_KEYS = 32;
/** A buffer that grew beyond this is not kept for the next encoding. */
const POOLED_BYTES_MAX = 65_536;
const TWO_32 = 0x1_0000_0000;

/**
 * Canonical bytes of a value: deterministic CBOR (RFC 8949 section 4.2.1) without floats, tags or
 * indefinite lengths. Members that are `undefined` are left out. A value outside the model is a
 * bug of ours and asserts.
 */
export function encodeCanonical(value: CborValue): Uint8Array {
  const writer = new Writer();
  writer.value(value);
  return writer.finish();
}

/**
 * Reads canonical bytes. Refuses whatever `encodeCanonical` would not have written: longer heads,
 * unsorted or repeated keys, floats, tags, ill-formed UTF-8, trailing bytes, nesting past the
 * limit. So a value that decodes has exactly one encoding, the bytes at hand.
 *
 * A value takes up to a hundred times its bytes in memory when it is made of small items: what a
 * peer sends is read with `itemsMax`, the most values of any kind that it may hold (R-D4).
 */
export function decodeCanonical(
  bytes: Uint8Array,
  itemsMax = Number.POSITIVE_INFINITY,
): Result<CborValue> {
  const reader = new Reader(bytes, itemsMax);
  const value = reader.value(0);
  if (value === undefined) return failure('encoding_not_canonical', reader.fault);
  if (reader.offset !== bytes.length) {
    return failure('encoding_not_canonical', `bytes left over at ${reader.offset}`);
  }
  return success(value);
}

let pooled: Uint8Array | undefined;

class Writer {
  #bytes: Uint8Array;
  #length = 0;

  constructor() {
    this.#bytes = pooled ?? new Uint8Array(1_024);
    pooled = undefined;
  }

  finish(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#length);
    if (this.#bytes.length <= POOLED_BYTES_MAX) pooled = this.#bytes;
    return bytes;
  }

  value(value: CborValue): void {
    if (value === null) return this.#byte(0xf6);
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'number') return this.#integer(value);
    if (typeof value === 'bigint') return this.#bigInteger(value);
    if (typeof value === 'boolean') return this.#byte(value ? 0xf5 : 0xf4);
    if (value instanceof Uint8Array) {
      this.#head(2, value.length);
      return this.#raw(value);
    }
    if (Array.isArray(value)) {
      this.#head(4, value.length);
      for (const item of value) this.value(item);
      return undefined;
    }
    return this.#map(value as CborMap);
  }

  #map(map: CborMap): void {
    const keys = sortedKeys(map);
    this.#head(5, keys.length);
    for (const { name, encoded } of keys) {
      this.#raw(encoded);
      this.value(map[name] as CborValue);
    }
  }

  #integer(value: number): void {
    assert(Number.isSafeInteger(value), `encodeCanonical: ${value} is not a safe integer`);
    if (value >= 0) this.#head(0, value);
    else this.#head(1, -1 - value);
  }

  #bigInteger(value: bigint): void {
    assert(value >= INT64_MIN && value <= INT64_MAX, 'encodeCanonical: beyond 64 bits');
    const argument = value >= 0n ? value : -1n - value;
    const major = value >= 0n ? 0 : 1;
    if (argument <= BigInt(Number.MAX_SAFE_INTEGER)) return this.#head(major, Number(argument));
    this.#byte((major << 5) | 27);
    this.#uint32(Number(argument >> 32n));
    this.#uint32(Number(argument & 0xffffffffn));
  }

  #text(text: string): void {
    const length = text.length;
    if (length <= SHORT_TEXT && this.#ascii(text)) return;
    assert(isWellFormedText(text), 'encodeCanonical: text with a lone surrogate');
    const bytes = utf8FromText(text);
    this.#head(3, bytes.length);
    this.#raw(bytes);
  }

  /** Writes text if it is ASCII; false, and nothing written, if it is not. */
  #ascii(text: string): boolean {
    const { length } = text;
    const start = this.#length;
    this.#head(3, length);
    this.#reserve(length);
    const bytes = this.#bytes;
    const at = this.#length;
    for (let i = 0; i < length; i += 1) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.#length = start;
        return false;
      }
      bytes[at + i] = code;
    }
    this.#length = at + length;
    return true;
  }

  #head(major: number, argument: number): void {
    const type = major << 5;
    if (argument < 24) return this.#byte(type | argument);
    if (argument < 0x100) {
      this.#byte(type | 24);
      return this.#byte(argument);
    }
    if (argument < 0x10000) {
      this.#byte(type | 25);
      this.#byte(argument >>> 8);
      return this.#byte(argument & 0xff);
    }
    if (argument < TWO_32) {
      this.#byte(type | 26);
      return this.#uint32(argument);
    }
    this.#byte(type | 27);
    this.#uint32(Math.floor(argument / TWO_32));
    return this.#uint32(argument % TWO_32);
  }

  #uint32(value: number): void {
    this.#reserve(4);
    this.#bytes[this.#length] = value >>> 24;
    this.#bytes[this.#length + 1] = (value >>> 16) & 0xff;
    this.#bytes[this.#length + 2] = (value >>> 8) & 0xff;
    this.#bytes[this.#length + 3] = value & 0xff;
    this.#length += 4;
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length] = byte;
    this.#length += 1;
  }

  #raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Reads one value at a time; `undefined` means that `fault` says why not. */
class Reader {
  offset = 0;
  fault = 'empty';
  readonly #bytes: Uint8Array;
  #itemsLeft: number;

  constructor(bytes: Uint8Array, itemsMax: number) {
    this.#bytes = bytes;
    this.#itemsLeft = itemsMax;
  }

  value(depth: number): CborValue | undefined {
    if (depth > limits.cborDepthMax) return this.#refuse('nested too deeply');
    if (this.#itemsLeft === 0) return this.#refuse('more values than such a message has');
    this.#itemsLeft -= 1;
    const initial = this.#bytes[this.offset];
    if (initial === undefined) return this.#refuse('cut short');
    const major = initial >>> 5;
    if (major === 7) return this.#simple(initial);
    const argument = this.#argument();
    if (argument === undefined) return undefined;
    if (major === 0) return argument;
    if (major === 1) return this.#negative(argument);
    if (typeof argument === 'bigint' || argument > this.#bytes.length - this.offset) {
      return major < 6 ? this.#refuse('cut short') : this.#refuse('tags are not allowed');
    }
    if (major === 2) return this.#take(argument).slice();
    if (major === 3) return this.#text(argument);
    if (major === 4) return this.#array(argument, depth);
    if (major === 5) return this.#map(argument, depth);
    return this.#refuse('tags are not allowed');
  }

  #simple(initial: number): CborValue | undefined {
    this.offset += 1;
    if (initial === 0xf4) return false;
    if (initial === 0xf5) return true;
    if (initial === 0xf6) return null;
    return this.#refuse('floats and other simple values are not allowed');
  }

  #negative(argument: number | bigint): CborValue {
    if (typeof argument === 'number' && argument < Number.MAX_SAFE_INTEGER) return -1 - argument;
    return -1n - BigInt(argument);
  }

  #text(length: number): string | undefined {
    return this.#shortText(length) ?? this.#longText(length);
  }

  /** Short ASCII text, or undefined with nothing taken. */
  #shortText(length: number): string | undefined {
    if (length > SHORT_TEXT) return undefined;
    const bytes = this.#bytes;
    const end = this.offset + length;
    let text = '';
    for (let i = this.offset; i < end; i += 1) {
      const code = bytes[i] as number;
      if (code > 0x7f) return undefined;
      text += String.fromCharCode(code);
    }
    this.offset = end;
    return text;
  }

  #longText(length: number): string | undefined {
    const text = textFromUtf8(this.#take(length));
    return text ?? this.#refuse('text is not UTF-8');
  }

  #array(length: number, depth: number): CborValue[] | undefined {
    const items: CborValue[] = [];
    for (let i = 0; i < length; i += 1) {
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }

  #map(size: number, depth: number): CborMap | undefined {
    const map: Record<string, CborValue> = {};
    let previous = -1;
    for (let i = 0; i < size; i += 1) {
      const start = this.offset;
      if ((this.#bytes[start] ?? 0) >>> 5 !== 3) return this.#refuse('map key is not text');
      const key = this.value(depth + 1);
      if (key === undefined) return undefined;
      if (key === '__proto__') return this.#refuse('map key __proto__ is not allowed');
      if (previous >= 0 && !this.#isBefore(previous, start)) {
        return this.#refuse('map keys are not in order');
      }
      previous = start;
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      map[key as string] = value;
    }
    return map;
  }

  /** The head's argument; only the shortest form is accepted, and only up to 64-bit integers. */
  #argument(): number | bigint | undefined {
    const info = (this.#bytes[this.offset] as number) & 0x1f;
    this.offset += 1;
    if (info < 24) return info;
    if (info > 27) return this.#refuse('indefinite lengths are not allowed');
    const width = 1 << (info - 24);
    if (this.offset + width > this.#bytes.length) return this.#refuse('cut short');
    if (info === 27) return this.#argument64();
    let value = 0;
    for (let i = 0; i < width; i += 1) value = value * 256 + (this.#bytes[this.offset + i] ?? 0);
    this.offset += width;
    const shortest = width === 1 ? 24 : 2 ** (4 * width);
    return value >= shortest ? value : this.#refuse('integer is not in its shortest form');
  }

  #argument64(): number | bigint | undefined {
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.offset, 8);
    this.offset += 8;
    const high = view.getUint32(0);
    if (high === 0) return this.#refuse('integer is not in its shortest form');
    if (high >= 0x8000_0000) return this.#refuse('integer beyond signed 64 bits');
    if (high < 0x20_0000) return high * TWO_32 + view.getUint32(4);
    return view.getBigUint64(0);
  }

  /** Whether the encoded text at one offset comes before that at another; neither is cut short. */
  #isBefore(a: number, b: number): boolean {
    const bytes = this.#bytes;
    // The head says the length first, so that texts which differ do so within the shorter one.
    for (let i = 0; b + i < this.offset; i += 1) {
      const difference = (bytes[a + i] as number) - (bytes[b + i] as number);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  #take(length: number): Uint8Array {
    const taken = this.#bytes.subarray(this.offset, this.offset + length);
    this.offset += length;
    return taken;
  }

  #refuse(why: string): undefined {
    this.fault = `${why} at byte ${this.offset}`;
    return undefined;
  }
}

/** A map's member names with their encodings, and a bound for what their number may grow to. */
interface MapKey {
  readonly name: string;
  readonly encoded: Uint8Array;
}

const knownKeys = new Map<string, MapKey>();

/** The members that a map has, in bytewise order of their encoded names (RFC 8949 4.2.1). */
function sortedKeys(map: CborMap): MapKey[] {
  const keys: MapKey[] = [];
  for (const name of Object.keys(map)) {
    if (map[name] !== undefined) keys.push(knownKeys.get(name) ?? rememberKey(name));
  }
  if (keys.length > FEW_KEYS) return keys.sort(compareKeys);
  for (let i = 1; i < keys.length; i += 1) {
    const key = keys[i] as MapKey;
    let at = i;
    for (; at > 0 && compareKeys(key, keys[at - 1] as MapKey) < 0; at -= 1) {
      keys[at] = keys[at - 1] as MapKey;
    }
    keys[at] = key;
  }
  return keys;
}

function compareKeys(a: MapKey, b: MapKey): number {
  return compareBytes(a.encoded, b.encoded);
}

/** Names of members are few; a caller that makes them up does not fill the memory. */
function rememberKey(name: string): MapKey {
  const writer = new Writer();
  writer.value(name);
  const key = { name, encoded: writer.finish() };
  if (knownKeys.size >= KNOWN_KEYS_MAX) knownKeys.clear();
  if (name.length <= SHORT_TEXT) knownKeys.set(name, key);
  return key;
}
