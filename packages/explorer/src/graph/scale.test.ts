import { describe, expect, it } from 'vitest';
import { linearScale, roundTicks, thinned } from './scale.js';

describe('scales', () => {
  it('map both ends and stay in the middle of a domain of one value', () => {
    const scale = linearScale([10, 20], [0, 100]);
    expect([scale(10), scale(15), scale(20)]).toEqual([0, 50, 100]);
    expect(linearScale([5, 5], [0, 100])(5)).toBe(50);
  });

  it('ticks are round and inside', () => {
    expect(roundTicks([0, 10_000], 5)).toEqual([0, 2_000, 4_000, 6_000, 8_000, 10_000]);
    expect(roundTicks([-3, 9], 4)).toEqual([0, 5]);
    expect(roundTicks([7, 7], 4)).toEqual([7]);
  });

  it('a thinned series keeps its peaks and its order', () => {
    const points = Array.from({ length: 10_000 }, (_, x) => ({ x, y: x === 6_543 ? 99 : x % 7 }));
    const few = thinned(points, 500);
    expect(few.length).toBeLessThanOrEqual(520);
    expect(few.some(({ y }) => y === 99)).toBe(true);
    expect(few.every((point, index) => index === 0 || (few[index - 1]?.x ?? 0) < point.x)).toBe(
      true,
    );
    expect(thinned(points.slice(0, 3), 500)).toHaveLength(3);
  });
});
