import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { decodeCanonical, encodeCanonical } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { type Decoded, type FuzzTarget, fuzzTargets } from './fuzzTargets.js';
import { runFuzz } from './runFuzz.js';

const TARGETS_MIN = 19;
const RUNS = 20_000;
/** Those that build much for one case. */
const SLOW_RUNS: Readonly<Record<string, number>> = { configuration: 2_000 };
const SEED = 1;
/** Bytes of heap that a decoder may hold for a byte that it was given. */
const HEAP_FACTOR_MAX = 64;
const BIG = 64 * 1024;

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
    const runs = SLOW_RUNS[name] ?? RUNS;
    for (const right of target.samples) expect(target.decode(right)).toMatchObject(rightFor(name));
    const { cases, taken, failure } = runFuzz(target, runs, SEED);
    expect(failure).toBeUndefined();
    expect(cases).toBeGreaterThanOrEqual(runs);
    if (name !== 'genesis') expect(taken).toBeGreaterThan(0);
  });

  it('every decoder has a target', () => {
    expect(fuzzTargets.length).toBeGreaterThanOrEqual(TARGETS_MIN);
  });

  it('memory is in proportion to the input', () => {
    const many = new Uint8Array(BIG);
    const heads = [0x40, 0x80];
    for (const { name, decode } of fuzzTargets) {
      const before = heapUsed();
      for (const head of heads) {
        many.fill(head);
        many.set([0x99, 0xff, 0xfd]);
        const held = decode(many);
        const factor = (heapUsed() - before) / BIG;
        // What was taken is still held here.
        expect(Object.keys(held).length).toBeGreaterThan(0);
        expect([name, head, Math.max(HEAP_FACTOR_MAX, factor)]).toEqual([
          name,
          head,
          HEAP_FACTOR_MAX,
        ]);
      }
    }
  });
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

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}
