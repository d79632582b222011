import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dayFromText, defined, type Quantity } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import type { World } from '../testkit.js';
import { receipts } from '../warehouse-receipt/keys.js';
import { facilities } from './keys.js';
import {
  accepted,
  barrels,
  DAY_MS,
  digestOf,
  draw,
  establishedWorld,
  HOUR_MS,
  item,
  quote,
  register,
  revalue,
  withPledge,
  withProof,
  withReceipt,
} from './pledgeWorld.js';

const PROJECT = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
const FILE = join(PROJECT, '../shared/data/prices/brent-daily.csv');
const NAME = 'pledge-facility';
/** 60 % of 120,000 barrels at 59.57 dollars, the price of 2020-02-20. */
const DRAWN = 428_904_000n;

interface Quote {
  readonly date: string;
  readonly sourceDay: number;
  readonly cents: bigint;
}

const missing = !existsSync(FILE);
it.runIf(missing && process.env.CI !== undefined)('the price series is there', () => {
  expect(existsSync(FILE), FILE).toBe(true);
});

/** Days of the published series between two dates, prices in cents a barrel. */
function series(from: string, to: string): Quote[] {
  const rows = readFileSync(FILE, 'utf8').trim().split('\n').slice(1);
  return rows
    .map((row) => row.trim().split(','))
    .filter(([date]) => date !== undefined && date >= from && date <= to)
    .map(([date, price]) => {
      const text = defined(date, 'no date');
      const sourceDay = defined(dayFromText(text), `not a day: ${text}`);
      return { date: text, sourceDay, cents: centsOf(defined(price, 'no price')) };
    });
}

function centsOf(price: string): bigint {
  const [whole = '0', fraction = ''] = price.split('.');
  return BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0').slice(0, 2));
}

const facility = (world: World) => world.must(facilities, 'pl_oil');

/** One day of the series: the oracles quote it, a stranger has the facility valued. */
function replay(world: World, day: Quote): string[] {
  world.advance(DAY_MS);
  quote(world, day.cents, day.sourceDay);
  const outcome = accepted(revalue(world));
  return outcome.events
    .filter((event) => event.type !== 'facility.revalued')
    .map((event) => `${day.date} ${event.type} ${String(event.data.to ?? event.data.ltvBps)}`);
}

describe.skipIf(missing)('Brent, 20 February to 31 March 2020, against a facility of 60 %', () => {
  it('warns, calls and shortens on the days on which the lines are crossed', () => {
    const world = establishedWorld({ rateBps: 0, limit: { minor: 500_000_000n, currency: 'USD' } });
    accepted(draw(world, DRAWN));
    const days = series('2020-02-20', '2020-03-31');
    expect(days[0]?.cents).toBe(5_957n);
    expect(days.at(-1)?.cents).toBe(1_485n);
    const told = days.flatMap((day) => replay(world, day));
    expect(told).toEqual(expectedStory(days));
    expect(facility(world)).toMatchObject({
      state: 'MARGIN_CALL',
      valuation: { line: 'disposal' },
    });
  });

  it('agrees each day with a reference in plain fractions, interest included', () => {
    const world = establishedWorld({ rateBps: 600 });
    accepted(draw(world, DRAWN));
    const drawnOn = facility(world).debt.accruedTo;
    for (const day of series('2020-02-20', '2020-12-31')) {
      replay(world, day);
      const { valuation, debt } = facility(world);
      const today = Math.floor((world.nowMs() + 8 * HOUR_MS) / DAY_MS);
      const interest = halfEven(DRAWN * 600n * BigInt(today - drawnOn), 3_600_000n);
      expect(debt.principalMinor).toBe(DRAWN);
      expect(valuation?.debtMinor).toBe(DRAWN + interest);
      expect(valuation?.valueMinor).toBe(120_000n * day.cents);
    }
  });

  it('the demonstration: cured by cash and a second receipt, part repaid and withdrawn', () => {
    const world = establishedWorld();
    withReceipt(world, 'wr_second', 'lt_oil', 120_000n);
    register(world, withPledge(world, 'wr_second'));
    accepted(draw(world, DRAWN));
    for (const day of series('2020-02-21', '2020-03-06')) replay(world, day);
    expect(facility(world).state).toBe('MARGIN_CALL');
    const asked = defined(facility(world).marginCall, 'no margin call');
    withProof(world, 'pp_cure', asked.cureCashMinor / 2n);
    const inCash = { id: 'pl_oil', proof: 'pp_cure' };
    accepted(world.submit('holder', NAME, 'cure_cash', inCash));
    expect(facility(world).state).toBe('MARGIN_CALL');
    const inGoods = { id: 'pl_oil', item: item('wr_second') };
    accepted(world.agree(['holder', 'supervisor', 'bank'], NAME, 'cure_goods', inGoods));
    expect(facility(world).state).toBe('NORMAL');

    withProof(world, 'pp_part', 20_000_000n);
    accepted(world.submit('holder', NAME, 'repay', { id: 'pl_oil', proof: 'pp_part' }));
    const { version, quantity } = world.must(receipts, 'wr_second');
    const spare = spareBarrels(world, 4_560n);
    expect(withdraw(world, version, quantity, spare + 1n)).toBe('release_would_breach_ltv');
    expect(withdraw(world, version, quantity, spare)).toBe('success');
    const { owed, value } = sums(world);
    expect(owed * 10_000n).toBeLessThanOrEqual(value * 6_000n);
  });
});

/** What the lines say of each day, computed apart from the contract. */
function expectedStory(days: readonly Quote[]): string[] {
  const told: string[] = [];
  let line = 'none';
  let called = false;
  for (const { date, cents } of days) {
    const value = 120_000n * cents;
    const above = (bps: bigint) => DRAWN * 10_000n > value * bps;
    const now = [...(above(8_500n) ? ['disposal'] : []), ...(above(7_500n) ? ['margin_call'] : [])];
    const next = now[0] ?? (above(6_500n) ? 'warning' : 'none');
    if (next !== line) told.push(`${date} line.crossed ${next}`);
    if (!called && above(7_500n)) {
      told.push(`${date} margin_call.issued ${(DRAWN * 10_000n) / value}`);
      called = true;
    }
    line = next;
  }
  return told;
}

function halfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  if (twice < denominator) return quotient;
  if (twice > denominator || quotient % 2n === 1n) return quotient + 1n;
  return quotient;
}

function sums(world: World): { owed: bigint; value: bigint } {
  accepted(revalue(world));
  const { valuation } = facility(world);
  return { owed: valuation?.debtMinor ?? 0n, value: valuation?.valueMinor ?? 0n };
}

/** How many barrels may go so that the debt stays at or under 60 %. */
function spareBarrels(world: World, cents: bigint): bigint {
  const { owed, value } = sums(world);
  const needed = (owed * 10_000n + 5_999n) / 6_000n;
  return (value - needed) / cents;
}

function withdraw(world: World, version: number, held: Quantity, value: bigint): string {
  expect(value).toBeLessThan(held.value);
  const params = {
    id: 'wr_second',
    expectedVersion: version,
    quantity: barrels(value),
    vehicle: 'MT Zhoushan 8',
    driverRef: digestOf('master'),
    validTo: world.nowMs() + DAY_MS,
  };
  const signers = ['holder', 'bank', 'keeper'];
  const opened = world.agree(signers, 'warehouse-receipt', 'withdraw', params);
  if (opened.code !== 'success') return opened.code;
  const out = { id: 'wr_second', token: 1, weighed: barrels(value), weighing: digestOf('out') };
  return world.submit('keeper', 'warehouse-receipt', 'gate_out', out).code;
}
