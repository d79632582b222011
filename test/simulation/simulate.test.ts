import type { Execution } from '@triflow/ledger';
import { encodeCanonical, type Hash, type ValidatorId } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { Checkers } from './checkers.js';
import { keptSeeds } from './keptSeeds.js';
import { runSeed } from './runSeed.js';

const SEEDS = Number(process.env.TRIFLOW_SEEDS ?? 60);
const FROM = Number(process.env.TRIFLOW_SEED_FROM ?? 1);

describe('simulated networks', () => {
  it('the canary: the checkers catch forks, double votes, repeats and gaps', () => {
    const execution = (root: string, txIds: string[] = []) =>
      ({ stateRoot: root, txIds }) as unknown as Execution;
    const commit = (checkers: Checkers, node: string, height: number, id: string, e: Execution) => {
      const valueId = id as Hash;
      const decided = { base: { height }, step: 'decided', decision: { valueId } };
      const seen = { height, valueId, timeMs: height, execution: e, sets: [[], []] as const };
      checkers.committed(node as ValidatorId, { ...seen, decided: decided as never });
    };
    const fork = new Checkers();
    commit(fork, 'v1', 1, 'aa', execution('r'));
    commit(fork, 'v2', 1, 'bb', execution('q'));
    expect(fork.failures.map((failure) => failure.slice(0, 2))).toEqual(['I1', 'I8']);
    const gap = new Checkers();
    commit(gap, 'v1', 2, 'aa', execution('r'));
    expect(gap.failures[0]).toContain('I15');
    const twice = new Checkers();
    commit(twice, 'v1', 1, 'aa', execution('r', ['tx']));
    commit(twice, 'v1', 2, 'bb', execution('s', ['tx']));
    expect(twice.failures[0]).toContain('I10');
    const votes = new Checkers();
    for (const value of [null, new Uint8Array(32)]) {
      const bytes = encodeCanonical(['triflow/prevote/1', 'c', new Uint8Array(32), 4, 0, value]);
      votes.signed('v1' as ValidatorId, bytes, null);
    }
    expect(votes.failures[0]).toContain('I4');
  });

  it('a validator that lost its disk, and even says that it is new, signs nothing twice', async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const report = await runSeed({ seed, nodes: 4, forgetsVotes: true });
      expect(report.failures.filter((failure) => failure.startsWith('I4'))).toEqual([]);
    }
  });

  it('one node alone decides its heights', async () => {
    const report = await runSeed({ seed: 7, nodes: 1 });
    expect(report.failures).toEqual([]);
    expect(report.transactions).toBeGreaterThan(0);
  });

  it('four nodes agree with real signatures', async () => {
    const report = await runSeed({ seed: 12, nodes: 4, profile: 'mixed', realSignatures: true });
    expect(report.failures).toEqual([]);
    expect(report.heights).toBeGreaterThan(3);
  });

  it.each(['mixed', 'byzantine'] as const)('sixteen nodes agree: %s faults', async (profile) => {
    const report = await runSeed({ seed: 2, nodes: 16, profile });
    expect(report.failures).toEqual([]);
    expect(report.commits).toBeGreaterThan(3 * 16);
  });

  it.each(keptSeeds())('T3: seed $seed of $profile passes: $why', async ({ why: _, ...kept }) => {
    const report = await runSeed(kept);
    expect(report.failures).toEqual([]);
    expect(report.commits).toBeGreaterThan(0);
  });

  it(`${SEEDS} seeds of mixed faults: safe always, live after heal`, async () => {
    let commits = 0;
    let crashes = 0;
    for (let seed = FROM; seed < FROM + SEEDS; seed += 1) {
      const report = await runSeed({ seed });
      commits += report.commits;
      crashes += report.crashes;
      expect(report.failures, `pnpm simulate --seed ${seed}`).toEqual([]);
    }
    expect(commits).toBeGreaterThan(SEEDS * 10);
    expect(crashes).toBeGreaterThan(SEEDS / 4);
  });
});
