import { describe, expect, it } from 'vitest';
import { type Claim, tierFlow } from './tierFlow.js';

const claim = (id: string, holder: string, tier: number, minor: bigint, ...parents: string[]) => {
  return { id, holder, tier, minor, parents } satisfies Claim;
};

describe('where the value of a voucher went', () => {
  const claims = [
    claim('rv_r', 'motors', 1, 226n),
    claim('rv_kept', 'motors', 1, 76n, 'rv_r'),
    claim('rv_paid', 'motors', 1, 150n, 'rv_r'),
    claim('rv_t2', 'wire', 2, 150n, 'rv_paid'),
    claim('rv_t2a', 'wire', 2, 60n, 'rv_t2'),
    claim('rv_t2b', 'wire', 2, 90n, 'rv_t2'),
    claim('rv_t3', 'rod', 3, 90n, 'rv_t2b'),
  ];
  const { bars, links, height } = tierFlow('home', claims);
  const bar = (holder: string) => bars.find((one) => one.holder === holder);

  it('a company is one bar a tier: what it received, and what it kept of it', () => {
    const amounts = bars.map(({ holder, minor, keptMinor }) => [holder, minor, keptMinor]);
    expect(amounts).toEqual([
      ['home', 226n, 0n],
      ['motors', 226n, 76n],
      ['wire', 150n, 60n],
      ['rod', 90n, 90n],
    ]);
    expect(bar('motors')?.claims).toEqual(['rv_r', 'rv_kept', 'rv_paid']);
  });

  it('heights are amounts, tiers go from left to right, and nothing is lost on the way', () => {
    const ratio = (bar('wire')?.height ?? 0) / (bar('motors')?.height ?? 1);
    expect(ratio).toBeCloseTo(150 / 226, 2);
    const xs = ['home', 'motors', 'wire', 'rod'].map((holder) => bar(holder)?.x ?? 0);
    expect([...xs].sort((a, b) => a - b)).toEqual(xs);
    expect(links.map(({ minor }) => minor)).toEqual([226n, 150n, 90n]);
    const kept = bars.reduce((sum, { keptMinor }) => sum + keptMinor, 0n);
    expect(kept).toBe(226n);
    expect(bars.every((one) => one.y >= 0 && one.y + one.height <= height + 1)).toBe(true);
  });

  it('a claim of nothing and a circle of parents end', () => {
    expect(tierFlow('home', [claim('rv_r', 'motors', 1, 0n)]).bars).toEqual([]);
    const circle = [claim('rv_a', 'one', 1, 1n, 'rv_b'), claim('rv_b', 'two', 1, 1n, 'rv_a')];
    expect(tierFlow('home', circle).bars.length).toBeLessThan(4);
  });
});
