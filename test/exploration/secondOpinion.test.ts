import { faultsMax } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { type RunReport, randomRun } from './randomRun.js';

const RUNS = 600;
const SIZES = [4, 4, 5, 7];

/** Runs that have failed: a proposal went with the polka of another round. */
const KEPT = [5_533, 13_168];

function runOf(seed: number): RunReport {
  const n = SIZES[seed % SIZES.length] ?? 4;
  return randomRun({ seed, n, liars: seed % 6 === 0 ? 0 : faultsMax(n) });
}

describe('the core beside a second opinion written from the text', () => {
  it('the canaries: a machine that ignores its lock, or counts one vote less, is noticed', () => {
    for (const departure of [{ ignoresLock: true }, { countsFewer: true }]) {
      const failures = Array.from({ length: 200 }, (_, seed) => {
        return randomRun({ seed, n: 4, liars: 1, departure }).failures;
      });
      expect(failures.flat().some((failure) => failure.includes('the core says'))).toBe(true);
    }
  });

  it(`${RUNS} random runs: both agree at every step, all agree on the value, and it ends`, () => {
    let steps = 0;
    let accused = 0;
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const report = runOf(seed);
      expect(report.failures, `seed ${seed}`).toEqual([]);
      steps += report.steps;
      accused += report.accused;
    }
    expect(steps).toBeGreaterThan(RUNS * 100);
    expect(accused).toBeGreaterThan(0);
  });

  it.each(KEPT)('run %i, which has failed, passes', (seed) => {
    expect(runOf(seed).failures).toEqual([]);
  });
});
