import { describe, expect, it } from 'vitest';
import { explore } from './explore.js';
import { playTwins, twinScenarios } from './twins.js';

const N = 4;

describe('all that can happen in one round, four validators of which one lies', () => {
  for (const liar of [0, 1, 2, 3]) {
    it(`validator ${liar} lies: one value, whatever comes in whatever order`, () => {
      const { complete, failures, states, steps, decided } = explore({
        n: N,
        rounds: 1,
        liars: [liar],
      });
      expect(failures).toEqual([]);
      expect(complete).toBe(true);
      // The proposer of round 0 may offer two blocks.
      expect(states).toBeGreaterThan(liar === 0 ? 2_000 : 150);
      expect(steps).toBeGreaterThan(1_000);
      expect(decided).toBeGreaterThan(20);
    });
  }

  it('the canaries: two liars of four divide the others; a lock that is ignored is noticed', () => {
    const { failures } = explore({ n: N, rounds: 1, liars: [0, 2], compares: false });
    expect(failures.join()).toMatch(/I1: 00\d and 00\d can be decided/);
    const departs = explore({
      n: N,
      rounds: 2,
      liars: [3],
      departure: { ignoresLock: true },
      statesMax: 30_000,
    });
    expect(departs.failures.join()).toContain('the core says');
  });
});

describe('twins: two correct copies with one key', () => {
  it('every division of two rounds ends in one value once the network is whole', () => {
    let scenarios = 0;
    let accused = 0;
    for (const scenario of twinScenarios(N, 2)) {
      const report = playTwins(scenario);
      expect(report.failures, JSON.stringify(scenario)).toEqual([]);
      scenarios += 1;
      accused += report.accused;
    }
    expect(scenarios).toBe(11_616);
    expect(accused).toBeGreaterThan(1_000);
  });

  it('the canary: with two pairs of twins two values are decided', () => {
    const round = { groups: [0, 0, 0, 1, 1, 1], leads: 'both' } as const;
    const { failures } = playTwins({ n: N, twins: [0, 1], rounds: [round, round] });
    expect(failures.join()).toContain('I1: two values are decided');
  });
});
