import { describe, expect, it } from 'vitest';
import { thinned } from './thinned.js';

describe('a long series', () => {
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
