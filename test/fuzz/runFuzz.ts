import { type CborValue, decodeCanonical, encodeCanonical, equalBytes } from '@triflow/protocol';
import fc from 'fast-check';
import type { FuzzTarget } from './fuzzTargets.js';

export interface FuzzReport {
  readonly cases: number;
  /** How many were taken: a target that refuses everything is not tested. */
  readonly taken: number;
  /** The first case that broke a rule, as hexadecimal text, and the rule. */
  readonly failure?: string;
}

interface Change {
  readonly how: number;
  readonly where: number;
  readonly what: number;
}

const CHANGES_MAX = 4;
const RAW_MAX = 64;
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

/**
 * Gives a decoder right bytes that were changed, in their structure or anywhere, and raw ones: it
 * refuses with a code or takes what it would write itself, and never throws.
 */
export function runFuzz(target: FuzzTarget, runs: number, seed: number): FuzzReport {
  let cases = 0;
  let taken = 0;
  const isRight = (bytes: Uint8Array): boolean => {
    cases += 1;
    const decoded = target.decode(bytes);
    if ('code' in decoded) return decoded.code.length > 0;
    taken += 1;
    return decoded.again === undefined || equalBytes(decoded.again, bytes);
  };
  const checked = fc.check(fc.property(casesOf(target), isRight), { numRuns: runs, seed });
  if (!checked.failed) return { cases, taken };
  const [bytes] = checked.counterexample ?? [];
  const hex = bytes === undefined ? '?' : Buffer.from(bytes).toString('hex');
  const why = checked.errorInstance === null ? 'takes what it would not write' : 'throws';
  return { cases, taken, failure: `${target.name}, seed ${seed}: ${why}: ${hex}` };
}

function casesOf({ samples, isText = false }: FuzzTarget): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ how: fc.nat(5), where: fc.nat(), what: fc.nat(255) });
  const changed = fc
    .tuple(fc.nat(samples.length - 1), fc.array(change, { maxLength: CHANGES_MAX }))
    .map(([index, changes]) => {
      const sample = samples[index] ?? new Uint8Array();
      return changes.reduce((bytes, one) => applied(bytes, one, isText), sample);
    });
  const raw = fc.uint8Array({ maxLength: RAW_MAX });
  return fc.oneof({ arbitrary: changed, weight: 9 }, { arbitrary: raw, weight: 1 });
}

function applied(bytes: Uint8Array, change: Change, isText: boolean): Uint8Array {
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

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
