import { describe, expect, it } from 'vitest';
import { Splits } from './splits.js';

describe('splits', () => {
  it('nodes of different groups do not hear each other, those of none stay together', () => {
    const splits = new Splits(5);
    splits.partition([[0, 1], [2]]);
    expect(splits.mayTalk(0, 1)).toBe(true);
    expect(splits.mayTalk(1, 2)).toBe(false);
    expect(splits.mayTalk(3, 4)).toBe(true);
    expect(splits.mayTalk(2, 3)).toBe(false);
    splits.heal();
    expect(splits.mayTalk(1, 2)).toBe(true);
    expect(splits.groups).toEqual([]);
  });

  it('a delay concerns every pair of the slow node, the larger one counts', () => {
    const splits = new Splits(3);
    splits.slow(1, 300);
    splits.slow(2, 50);
    expect(splits.latencyMs(0, 1)).toBe(300);
    expect(splits.latencyMs(1, 2)).toBe(300);
    expect(splits.latencyMs(2, 0)).toBe(50);
    splits.heal();
    expect(splits.latencyMs(0, 1)).toBe(0);
  });

  it.each([[[[0, 1], [1]]], [[[4]]], [[[-1]]], [[[0.5]]], [[]]])(
    'refuses the groups %j and keeps what was',
    (groups) => {
      const splits = new Splits(4);
      splits.partition([[0]]);
      expect(() => splits.partition(groups)).toThrow(
        expect.objectContaining({ code: 'REQUEST_INVALID' }),
      );
      expect(splits.groups).toEqual([[0]]);
    },
  );

  it.each([
    [4, 10],
    [0, -1],
    [0, Number.NaN],
  ])('refuses node %j with %j ms', (index, ms) => {
    expect(() => new Splits(4).slow(index, ms)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
  });
});
