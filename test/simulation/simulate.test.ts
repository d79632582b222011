import { describe, expect, it } from 'vitest';
import { runSeed } from './runSeed.js';

const SEEDS = Number(process.env.TRIFLOW_SEEDS ?? 60);
const FROM = Number(process.env.TRIFLOW_SEED_FROM ?? 1);

describe('simulated networks', () => {
  it('one node alone decides its heights', async () => {
    const report = await runSeed({ seed: 7, nodes: 1 });
    expect(report.failures).toEqual([]);
    expect(report.transactions).toBeGreaterThan(0);
  });

  it('four nodes agree with real signatures', async () => {
    const report = await runSeed({ seed: 11, nodes: 4, realSignatures: true });
    expect(report.failures).toEqual([]);
    expect(report.heights).toBeGreaterThan(3);
  });

  it(`${SEEDS} seeds of mixed faults: safe always, live after heal`, async () => {
    let commits = 0;
    let crashes = 0;
    for (let seed = FROM; seed < FROM + SEEDS; seed += 1) {
      const report = await runSeed({ seed });
      commits += report.commits;
      crashes += report.crashes;
      const told = report.failures.length > 0 ? report.trace.slice(-80).join('\n') : '';
      expect(report.failures, `seed ${seed}\n${told}`).toEqual([]);
    }
    expect(commits).toBeGreaterThan(SEEDS * 10);
    expect(crashes).toBeGreaterThan(SEEDS / 4);
  });
});
