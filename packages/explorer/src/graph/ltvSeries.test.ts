import { describe, expect, it } from 'vitest';
import type { LedgerFact } from '../data/liveEvents.js';
import { markOf, timesOf, valuationsOf } from './ltvSeries.js';

let count = 0;
const pad = (n: number): string => String(n).padStart(2, '0');
function fact(type: string, txId: string, data: Record<string, unknown>): LedgerFact {
  count += 1;
  const time = `2026-01-${pad(count)}T00:00:00.000Z`;
  return {
    cursor: `${count}.0.0`,
    height: count,
    time,
    txId,
    contract: 'c',
    type,
    subject: 's',
    data,
  };
}
const valued = (ltvBps: number, sourceDay?: number) => ({
  ltvBps,
  debtMinor: '100',
  valueMinor: '200',
  prices: [{ feed: 'pf_1', price: {}, ...(sourceDay === undefined ? {} : { sourceDay }) }],
});

describe('valuations of a facility', () => {
  it('facts of one transaction are one valuation, and a margin call marks it', () => {
    const valuations = valuationsOf([
      fact('facility.approved', 'a', {}),
      fact('facility.revalued', 'b', valued(7_800, 3)),
      fact('line.crossed', 'b', valued(7_800, 3)),
      fact('margin_call.issued', 'b', valued(7_800, 3)),
      fact('facility.repaid', 'c', valued(6_000, 3)),
    ]);
    expect(valuations.map(({ ltvBps }) => ltvBps)).toEqual([7_800, 6_000]);
    expect(valuations.map(markOf)).toEqual(['bad', 'good']);
  });

  it('replayed history lies on the days of its series, several on a day in their order', () => {
    const times = timesOf(
      valuationsOf([
        fact('facility.revalued', 'd', valued(1, 10)),
        fact('facility.repaid', 'e', valued(2, 10)),
        fact('facility.revalued', 'f', valued(3, 11)),
      ]),
    );
    expect(times).toEqual([10 * 86_400_000, 889_920_000, 11 * 86_400_000]);
  });

  it('one price without a series day puts all on block time', () => {
    const times = timesOf(
      valuationsOf([fact('facility.revalued', 'g', valued(1, 10)), fact('x.y', 'h', valued(2))]),
    );
    expect(times).toEqual([9, 10].map((day) => Date.parse(`2026-01-${pad(day)}T00:00:00Z`)));
  });
});
