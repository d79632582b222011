import { describe, expect, it } from 'vitest';
import { Random } from '../simulation/random.js';
import { NumberSet } from './numberSet.js';

describe('a set of numbers without an end', () => {
  it('says what a Set says, through every growth and for the widest numbers', () => {
    const set = new NumberSet();
    const expected = new Set<number>();
    const draw = new Random(20_261_122);
    let differs = 0;
    for (let turn = 0; turn < 200_000; turn += 1) {
      const wide = draw.below(2 ** 20) * 2 ** 33 + draw.below(1_000);
      const value = turn % 2 === 0 ? draw.below(100_000) : wide;
      if (set.add(value) === expected.has(value)) differs += 1;
      expected.add(value);
    }
    expect(differs).toBe(0);
    expect(set.size).toBe(expected.size);
    expect(set.size).toBeGreaterThan(150_000);
    expect([set.add(0), set.add(0)].at(-1)).toBe(false);
    expect([set.add(2 ** 53 - 2), set.add(2 ** 53 - 2)]).toEqual([true, false]);
  });
});
