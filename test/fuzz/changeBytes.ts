import { type CborValue, decodeCanonical, encodeCanonical } from '@triflow/protocol';

/** One change of an input: which kind, at which place, to what. */
export interface Change {
  /** Below `changeKinds`. */
  readonly how: number;
  readonly where: number;
  /** 0 to 255. */
  readonly what: number;
}

export const changeKinds = 6;
export const changesMax = 4;
const INTERESTING: readonly CborValue[] = [
  null,
  true,
  -1,
  0,
  1,
  2 ** 31,
  Number.MAX_SAFE_INTEGER,
  2n ** 63n - 1n,
  '',
  'a',
  new Uint8Array(),
  new Uint8Array(32),
  [],
  {},
];

/** Bytes with one change: a byte, a cut, an insertion, a gap, a repetition, or another value inside. */
export function changed(bytes: Uint8Array, change: Change, isText: boolean): Uint8Array {
  const { how, where, what } = change;
  if (bytes.length === 0) return Uint8Array.of(what);
  const at = where % bytes.length;
  if (how === 0) return bytes.with(at, what);
  if (how === 1) return bytes.slice(0, at);
  if (how === 2) return joined(bytes.subarray(0, at), Uint8Array.of(what), bytes.subarray(at));
  if (how === 3) return joined(bytes.subarray(0, at), bytes.subarray(Math.min(at + 1, what + at)));
  if (how === 4) return joined(bytes, bytes.subarray(at));
  return isText ? swapped(bytes, at, what) : restructured(bytes, change);
}

/** Another value somewhere in the tree, under canonical bytes. */
function restructured(bytes: Uint8Array, { where, what }: Change): Uint8Array {
  const decoded = decodeCanonical(bytes);
  if (!decoded.ok) return bytes;
  const places = { left: where % (sizeOf(decoded.value) + 1) };
  const value = INTERESTING[what % INTERESTING.length] ?? null;
  return encodeCanonical(replaced(decoded.value, places, value));
}

function replaced(value: CborValue, places: { left: number }, by: CborValue): CborValue {
  places.left -= 1;
  if (places.left === 0) return by;
  if (Array.isArray(value)) return value.map((item) => replaced(item, places, by));
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  const entries = Object.entries(value as Record<string, CborValue>);
  return Object.fromEntries(entries.map(([key, item]) => [key, replaced(item, places, by)]));
}

function sizeOf(value: CborValue): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + sizeOf(item), 1);
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return 1;
  const items = Object.values(value as Record<string, CborValue>);
  return items.reduce((sum: number, item) => sum + sizeOf(item), 1);
}

function swapped(bytes: Uint8Array, at: number, what: number): Uint8Array {
  const other = what % Math.max(1, bytes.length);
  return bytes.with(at, bytes[other] ?? 0).with(other, bytes[at] ?? 0);
}

/** One after the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
