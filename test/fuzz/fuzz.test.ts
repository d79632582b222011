import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { decodeCanonical, encodeCanonical } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { type Decoded, type FuzzTarget, fuzzTargets } from './fuzzTargets.js';
import { runFuzz } from './runFuzz.js';

const TARGETS_MIN = 19;
const RUNS = 20_000;
const SEED = 1;
/** Bytes of memory for a byte of what a peer sends in bulk (R-D4). */
const PEER_FACTOR_MAX = 8;
/** For one value of JavaScript instead of a byte; what may be so is small itself. */
const HEAP_FACTOR_MAX = 256;
const BIG = 1024 * 1024;
const FEW = 1024;
const BULK = new Set([
  ...['wire message', 'block request', 'blocks', 'gossip'],
  ...['block', 'header', 'certificate', 'evidence'],
]);
/** Empty bytes, lists, maps and text, small numbers, and what is little more. */
const HOSTILE = [[0x40], [0x80], [0xa0], [0x60], [0x01], [0x41, 1], [0x81, 1], [0x61, 0x61]];

describe('what somebody else wrote', () => {
  const [sample] = fuzzTargets[0]?.samples ?? [];

  it.each<[string, (bytes: Uint8Array) => Decoded]>([
    [
      'throws',
      (bytes) => {
        if (bytes[1] === 0x6d) throw new RangeError('a decoder of the canary');
        return { taken: true };
      },
    ],
    ['takes bytes that it would not write', (bytes) => loose(bytes)],
    ['refuses without a code', () => ({ code: '' })],
  ])('the canary: a decoder that %s is found', (_name, decode) => {
    const canary: FuzzTarget = { name: 'canary', samples: [sample ?? new Uint8Array()], decode };
    expect(runFuzz(canary, 2_000, SEED).failure).toBeDefined();
  });

  it.each(fuzzTargets.map((target) => [target.name, target] as const))('%s', (name, target) => {
    for (const right of target.samples) expect(target.decode(right)).toMatchObject(rightFor(name));
    const { cases, taken, failure } = runFuzz(target, RUNS, SEED);
    expect(failure).toBeUndefined();
    expect(cases).toBeGreaterThanOrEqual(RUNS);
    if (name !== 'genesis') expect(taken).toBeGreaterThan(0);
  });

  it('every decoder has a target', () => {
    expect(fuzzTargets.length).toBeGreaterThanOrEqual(TARGETS_MIN);
  });

  const hostiles = HOSTILE.map((pattern) => {
    return { pattern, few: arrayOf(pattern, FEW), hostile: arrayOf(pattern, BIG) };
  });

  it.each(fuzzTargets.map((target) => [target.name, target] as const))(
    '%s takes memory in proportion to its input (R-D4)',
    (name, { decode }) => {
      const factorMax = BULK.has(name) ? PEER_FACTOR_MAX : HEAP_FACTOR_MAX;
      // What is compiled by then counts no more.
      for (const { few } of hostiles) decode(few);
      for (const { pattern, hostile } of hostiles) {
        const factor = allocated(() => decode(hostile)) / BIG;
        const worst = Math.max(factorMax, factor);
        expect([pattern, worst]).toEqual([pattern, factorMax]);
      }
    },
  );
});

/** The genesis of the samples lacks most members: it is only there to be changed. */
function rightFor(name: string): object {
  return name === 'genesis' ? { code: 'genesis_invalid' } : { taken: true };
}

function loose(bytes: Uint8Array): Decoded {
  for (let end = bytes.length; end > 0; end -= 1) {
    const decoded = decodeCanonical(bytes.subarray(0, end));
    if (decoded.ok) return { taken: true, again: encodeCanonical(decoded.value) };
  }
  return { code: 'nothing' };
}

/** So many bytes of the smallest values that there are, one beside the other in one list. */
function arrayOf(pattern: readonly number[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 5; at < length; at += 1) bytes[at] = pattern[(at - 5) % pattern.length] ?? 0;
  const count = Math.floor((length - 5) / pattern.length);
  bytes.set([
    0x9a,
    (count >>> 24) & 0xff,
    (count >>> 16) & 0xff,
    (count >>> 8) & 0xff,
    count & 0xff,
  ]);
  return bytes.subarray(0, 5 + count * pattern.length);
}

/** Bytes of heap and of buffers that a call takes, as long as nothing is collected meanwhile. */
function allocated(call: () => object): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  const before = process.memoryUsage();
  const held = call();
  const after = process.memoryUsage();
  expect(Object.keys(held).length).toBeGreaterThan(0);
  return after.heapUsed - before.heapUsed + after.external - before.external;
}
