import type { HeaderFacts } from '@triflow/sdk';
import { describe, expect, it } from 'vitest';
import { chainHealthOf, faultsOf, quorumOf } from './chainHealth.js';

const header = (height: number, facts: Partial<HeaderFacts> = {}): HeaderFacts => ({
  height,
  timeMs: height * 1_000,
  builder: 'v1',
  txCount: 2,
  round: 0,
  signers: [0, 1, 2],
  validatorsHash: 'h',
  ...facts,
});

describe('how the chain runs', () => {
  it('names who signed nothing, who is often missing, and blocks that took more rounds', () => {
    const headers = [1, 2, 3, 4, 5].map((height) => {
      return header(height, {
        round: height === 3 ? 2 : 0,
        signers: height === 5 ? [0, 1, 2] : [0, 1],
      });
    });
    const health = chainHealthOf(headers, 4);
    expect(health.absent).toEqual([{ index: 3, missed: 5, silentFor: 5 }]);
    expect(health.often).toEqual([{ index: 2, missed: 4, silentFor: 0 }]);
    expect(health).toMatchObject({ roundsOverFirst: 1, roundMax: 2, intervalMs: 1_000 });
    expect(health).toMatchObject({ count: 5, transactions: 8, spanMs: 4_000 });
  });

  it('names who fell silent a while ago, though it signed before; a few gaps are no silence', () => {
    const headers = Array.from({ length: 50 }, (_, height) => {
      return header(height, { signers: height < 35 ? [0, 1, 3] : [0, 1, height > 45 ? 1 : 2] });
    });
    const { absent } = chainHealthOf(headers, 4);
    expect(absent).toEqual([{ index: 3, missed: 15, silentFor: 15 }]);
  });

  it('one header and none are no trouble', () => {
    expect(chainHealthOf([header(1)], 4)).toMatchObject({ intervalMs: 0, transactions: 0 });
    expect(chainHealthOf([], 4)).toMatchObject({ count: 0, absent: [], often: [], roundMax: 0 });
  });

  it('quorum and tolerated faults follow the size of the set', () => {
    expect([4, 5, 6, 7, 10].map(quorumOf)).toEqual([3, 4, 4, 5, 7]);
    expect([4, 5, 6, 7, 10].map(faultsOf)).toEqual([1, 1, 1, 2, 3]);
  });
});
