import { faultsMax, quorum } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { proposerIndex } from './proposer.js';
import { Height } from './testkit.js';
import { timeoutMs } from './timeouts.js';

describe('quorums and turns', () => {
  it('R-Q1: two quorums share a correct validator, and q correct ones suffice, for 1 to 64', () => {
    for (let n = 1; n <= 64; n += 1) {
      expect(2 * quorum(n) - n).toBeGreaterThanOrEqual(faultsMax(n) + 1);
      expect(quorum(n)).toBeLessThanOrEqual(n - faultsMax(n));
    }
    const table = [1, 2, 3, 4, 5, 6, 7, 10, 64].map((n) => [n, faultsMax(n), quorum(n)]);
    expect(table).toEqual([
      [1, 0, 1],
      [2, 0, 2],
      [3, 0, 2],
      [4, 1, 3],
      [5, 1, 4],
      [6, 1, 4],
      [7, 2, 5],
      [10, 3, 7],
      [64, 21, 43],
    ]);
  });

  it('R-Q4: turns go round, and a failed round passes to the next', () => {
    expect([0, 1, 2, 3].map((round) => proposerIndex(5, round, 4))).toEqual([1, 2, 3, 0]);
  });

  it('R-T1: timeouts grow by rounds up to the cap', () => {
    const { params } = new Height().state.base;
    expect(timeoutMs('propose', 0, params)).toBe(3_000);
    expect(timeoutMs('prevote', 4, params)).toBe(3_000);
    expect(timeoutMs('precommit', 1_000_000, params)).toBe(30_000);
  });
});
