import { describe, expect, it } from 'vitest';
import { type Claim, tierBars } from './tierTree.js';

const claim = (id: string, minor: bigint, ...parents: string[]): Claim => ({
  id,
  minor,
  parents,
  tier: parents.length,
});

describe('the tier tree', () => {
  it('children lie beside their parent and cover its amount', () => {
    const root = claim('rv_r', 100n);
    const bars = tierBars(root, [
      root,
      claim('rv_a', 60n, 'rv_r'),
      claim('rv_b', 40n, 'rv_r'),
      claim('rv_c', 40n, 'rv_b'),
    ]);
    const spans = bars.map(({ claim: { id }, column, from, to }) => [id, column, from, to]);
    expect(spans).toEqual([
      ['rv_r', 0, 0, 1],
      ['rv_a', 1, 0, 0.6],
      ['rv_b', 1, 0.6, 1],
      ['rv_c', 2, 0.6, 1],
    ]);
  });

  it('a root of nothing and a circle of parents end', () => {
    expect(tierBars(claim('rv_r', 0n), [])).toHaveLength(1);
    const circle = [claim('rv_a', 1n, 'rv_b'), claim('rv_b', 1n, 'rv_a')];
    expect(tierBars(claim('rv_b', 1n), circle).length).toBeLessThan(100);
  });
});
