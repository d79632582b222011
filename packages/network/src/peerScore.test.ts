import { describe, expect, it } from 'vitest';
import { addPenalty, createPeerScore, isBanned, isClean } from './peerScore.js';

const MINUTE = 60_000;
const rules = {
  penaltyPointsMax: 3,
  penaltyWindowMs: 10 * MINUTE,
  banMinMs: 10_000,
  banMaxMs: 60_000,
  banHealMs: 10 * MINUTE,
};

describe('peer score (R-D5)', () => {
  it('three points within ten minutes ban', () => {
    const score = createPeerScore();
    expect(addPenalty(score, 1, 0, rules)).toBe(false);
    expect(addPenalty(score, 1, MINUTE, rules)).toBe(false);
    expect(addPenalty(score, 1, 9 * MINUTE, rules)).toBe(true);
    expect(isBanned(score, 9 * MINUTE + 9_999)).toBe(true);
    expect(isBanned(score, 9 * MINUTE + 10_000)).toBe(false);
  });

  it('points older than ten minutes no longer count', () => {
    const score = createPeerScore();
    addPenalty(score, 2, 0, rules);
    expect(addPenalty(score, 1, 10 * MINUTE, rules)).toBe(false);
    expect(addPenalty(score, 1, 11 * MINUTE, rules)).toBe(false);
    expect(addPenalty(score, 1, 12 * MINUTE, rules)).toBe(true);
  });

  it('each ban is longer than the last, up to the maximum', () => {
    const score = createPeerScore();
    const lengths: number[] = [];
    let now = 0;
    for (let i = 0; i < 5; i += 1) {
      addPenalty(score, 3, now, rules);
      lengths.push(score.bannedUntilMs - now);
      now = score.bannedUntilMs + 1;
    }
    expect(lengths).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('quiet time heals step by step', () => {
    const score = createPeerScore();
    addPenalty(score, 3, 0, rules);
    addPenalty(score, 3, 10_001, rules);
    const end = score.bannedUntilMs;
    expect(isClean(score, end + 10 * MINUTE, rules)).toBe(false);
    expect(isClean(score, end + 20 * MINUTE, rules)).toBe(true);
    addPenalty(score, 3, end + 10 * MINUTE, rules);
    expect(score.bannedUntilMs - (end + 10 * MINUTE)).toBe(20_000);
  });

  it('more points while banned do not lengthen the ban', () => {
    const score = createPeerScore();
    addPenalty(score, 3, 0, rules);
    addPenalty(score, 3, 1, rules);
    expect(score.bannedUntilMs).toBe(10_000);
  });

  it.each([0, -1, 1.5, Number.NaN])('%s points are our own bug', (points) => {
    expect(() => addPenalty(createPeerScore(), points, 0, rules)).toThrow('positive');
  });
});
