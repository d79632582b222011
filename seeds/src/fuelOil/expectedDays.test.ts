import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { crossings, expectedDays, type Line, type Standing } from './expectedDays.js';
import { series } from './prices.js';
import { loan, moves, order } from './terms.js';

const PROJECT = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const FILE = join(PROJECT, '../shared/data/prices/brent-daily.csv');
const missing = !existsSync(FILE);

/** The same arithmetic as the rule of lines, written apart from the table. */
function lineOf(debtMinor: bigint, valueMinor: bigint): Line {
  const above = (bps: number) => debtMinor * 10_000n > valueMinor * BigInt(bps);
  if (above(loan.disposalBps)) return 'disposal';
  if (above(loan.marginCallBps)) return 'margin_call';
  return above(loan.warningBps) ? 'warning' : 'none';
}

function bpsOf({ debtMinor, valueMinor }: Standing): number {
  return Number((debtMinor * 10_000n) / valueMinor);
}

describe('the table of days', () => {
  it('has every day of the series once', () => {
    expect(series).toHaveLength(30);
    expect(expectedDays.map(({ date }) => date)).toEqual(series.map(({ date }) => date));
  });

  it('follows from the prices, the goods and the acts', () => {
    let debt = loan.drawnMinor;
    let barrels = order.barrels;
    for (const { date, cents, opening, closing } of expectedDays) {
      expect(opening.debtMinor, date).toBe(debt);
      expect(opening.valueMinor, date).toBe(barrels * cents);
      if (date === moves.cashCure.date) debt -= moves.cashCure.minor;
      if (date === moves.goodsCure.date) barrels += moves.goodsCure.barrels;
      if (date === moves.partRepayment.date) debt -= moves.partRepayment.minor;
      if (date === moves.withdrawal.date) barrels -= moves.withdrawal.barrels;
      expect(closing?.debtMinor ?? debt, date).toBe(debt);
      expect(closing?.valueMinor ?? barrels * cents, date).toBe(barrels * cents);
      for (const one of [opening, ...(closing === undefined ? [] : [closing])]) {
        expect(one.ltvBps, date).toBe(bpsOf(one));
        expect(one.line, date).toBe(lineOf(one.debtMinor, one.valueMinor));
      }
    }
  });

  it('a margin call is left only at or under the line it is cured to', () => {
    let called = false;
    for (const { date, opening, closing } of expectedDays) {
      for (const one of [opening, ...(closing === undefined ? [] : [closing])]) {
        const over = one.ltvBps > loan.cureToBps;
        const issued = one.line === 'margin_call' || one.line === 'disposal';
        called = issued || (called && over);
        expect(one.state === 'MARGIN_CALL', date).toBe(called);
        if (!called) expect(one.state, date).toBe(one.line === 'warning' ? 'WARNING' : 'NORMAL');
      }
    }
  });

  it('names the days on which a line is crossed upwards', () => {
    const crossed: Record<Line, string[]> = {
      none: [],
      warning: [],
      margin_call: [],
      disposal: [],
    };
    let before: Line = 'none';
    for (const { date, opening, closing } of expectedDays) {
      if (opening.line !== before) crossed[opening.line].push(date);
      before = closing?.line ?? opening.line;
    }
    expect(crossed.warning).toEqual(crossings.warnings);
    expect(crossed.margin_call).toEqual(crossings.marginCalls);
    expect(crossed.disposal).toEqual(crossings.disposals);
  });

  it('the draw is 60 % of the first price and within the limit', () => {
    const first = series[0]?.cents ?? 0n;
    expect(loan.drawnMinor * 10_000n).toBe(order.barrels * first * BigInt(loan.initialLtvBps));
    expect(loan.drawnMinor).toBeLessThanOrEqual(loan.limitMinor);
  });

  it('the withdrawal leaves cover and the larger one would not', () => {
    const last = expectedDays.at(-1);
    const kept = (barrels: bigint) => {
      const total = order.barrels + moves.goodsCure.barrels - barrels;
      return total * (last?.cents ?? 0n) * BigInt(loan.initialLtvBps);
    };
    const owed = (last?.opening.debtMinor ?? 0n) * 10_000n;
    expect(owed).toBeLessThanOrEqual(kept(moves.withdrawal.barrels));
    expect(owed).toBeGreaterThan(kept(moves.withdrawal.refusedBarrels));
  });
});

it.runIf(missing && process.env.CI !== undefined)('the published prices are there', () => {
  expect(existsSync(FILE), FILE).toBe(true);
});

it.skipIf(missing)('the series is the published one', () => {
  const rows = readFileSync(FILE, 'utf8').split('\n').slice(1);
  const published = rows
    .map((row) => row.trim().split(','))
    .flatMap(([date = '', price = '']) => {
      const within = date >= '2020-02-20' && date <= '2020-04-01';
      return within ? [`${date} ${Number(price).toFixed(2)}`] : [];
    });
  const ours = series.map(({ date, cents }) => `${date} ${(Number(cents) / 100).toFixed(2)}`);
  expect(ours).toEqual(published);
});
