import { runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { BlockCoverage, type ScriptCounters } from './blockCoverage.js';
import type { FuzzTarget } from './fuzzTargets.js';
import { guidedFuzz } from './guidedFuzz.js';
import { countersName, instrumented } from './instrument.js';
import { runFuzz } from './runFuzz.js';

const RUNS = 200_000;
const BLIND_RUNS = 50_000;
const SEED = 1;

describe('a fuzzer that is led by what its inputs reach', () => {
  it('finds what hides behind four conditions, which blind changes do not', () => {
    const { target, coverage } = hiddenBug();
    const { failure, places, corpus } = guidedFuzz(target, { runs: RUNS, seed: SEED, coverage });
    expect(failure).toContain('throws Error: hidden');
    expect(corpus).toHaveLength(4);
    expect(places).toBeGreaterThan(8);
    expect(runFuzz(target, BLIND_RUNS, SEED).failure).toBeUndefined();
  });

  it('begins with what an earlier run found', () => {
    const { target, coverage } = hiddenBug();
    const corpus = [Uint8Array.of(0x54, 0x72, 0x69, 1)];
    const report = guidedFuzz(target, { runs: RUNS, seed: SEED, coverage, corpus });
    expect(report.failure).toContain('throws Error: hidden');
  });
});

/** A decoder that throws at the four bytes "Trif" and refuses the rest, with counters in it. */
function hiddenBug(): { readonly target: FuzzTarget; readonly coverage: BlockCoverage } {
  const source = `(bytes) => {
    if (bytes[0] !== 0x54) return { code: 'first' };
    if (bytes[1] !== 0x72) return { code: 'second' };
    if (bytes[2] !== 0x69) return { code: 'third' };
    if (bytes[3] !== 0x66) return { code: 'fourth' };
    throw new Error('hidden');
  }`;
  const decode = runInThisContext(instrumented(source, 'hidden.js')) as FuzzTarget['decode'];
  const target = { name: 'hidden', samples: [new Uint8Array(4)], decode };
  decode(new Uint8Array());
  const counters = Reflect.get(globalThis, countersName) as Record<string, ScriptCounters>;
  return { target, coverage: new BlockCoverage(Object.values(counters)) };
}
