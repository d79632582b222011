import { defined } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { partyRegistry } from '../party-registry/index.js';
import { type Machine, machine, type RandomStep, runSteps } from '../runSteps.js';
import { given, type World } from '../testkit.js';
import { priceFeed } from './index.js';
import { priceAt, usabilityOf } from './internal.js';
import { invariants } from './invariants.js';
import { feeds, roundParts, rounds } from './keys.js';
import { lifecycle } from './lifecycle.js';
import { statusCodes } from './statusCodes.js';

const ORACLES = ['o1', 'o2', 'o3', 'o4'] as const;
const WINDOW_MS = 10_000;

const stepArbitrary = fc
  .record({
    who: fc.nat(3),
    move: fc.integer({ min: -40, max: 40 }),
    ahead: fc.constantFrom(0, 0, 0, 0, 1),
    waitMs: fc.constantFrom(0, 0, 0, 4_000, 12_000),
    ageMs: fc.constantFrom(0, 0, 500, 9_000, 11_000),
  })
  .map(({ who, move, ahead, waitMs, ageMs }): RandomStep => {
    return (world) => {
      const nowMs = world.nowMs() + waitMs;
      const feed = world.must(feeds, 'pf_1');
      const { open, lastRound, current } = feed;
      const isOpen = open !== undefined && nowMs + 1_000 - open.firstAt <= WINDOW_MS;
      const round = (isOpen ? open.round : (open?.round ?? lastRound) + 1) + ahead;
      const value = (current?.value ?? 100n) + BigInt(move > 20 || move < -20 ? move : 0);
      const params = { id: 'pf_1', round, value, observedAt: nowMs - ageMs };
      const alias = defined(ORACLES[who], 'an oracle');
      return { alias, contract: 'price-feed', name: 'submit_quote', params, waitMs };
    };
  });

/** Rounds have no id of their own. */
const roundMachine: Machine = {
  stateOf: (world) => new Map(world.records(rounds).map((one) => [String(one.round), one.state])),
  moves: lifecycle.round,
};

describe('price-feed under random quotes', () => {
  it('keeps Q1 and Q2; rounds that ended never change', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(stepArbitrary, { minLength: 50, maxLength: 50 }), (steps) => {
        const report = runSteps(start, steps, {
          invariants,
          machines: [machine(feeds, lifecycle.feed), roundMachine],
          statusCodes,
        });
        accepted += report.accepted;
        expect(report.problems).toEqual([]);
      }),
      { numRuns: 300, seed: 20_261_121 },
    );
    expect(accepted).toBeGreaterThan(300);
  }, 300_000);

  it('notices a broken record', () => {
    const world = start();
    const round = { feed: 'pf_1', round: 1, quotes: [], closedAt: world.nowMs() };
    world.plant(rounds, roundParts('pf_1', 1), { ...round, state: 'VOID', value: 7n });
    expect(brokenInvariants(invariants, world)).toHaveLength(1);
  });

  it('Q1: notices a price with too few oracles, or one that is not their median', () => {
    const quoted = (values: readonly bigint[], value: bigint, oracles = ['o1', 'o2', 'o3']) => {
      const world = start();
      const at = world.nowMs();
      const quotes = values.map((one, index) => ({
        oracle: world.id(oracles[index] ?? 'o1'),
        value: one,
        observedAt: at,
        submittedAt: at,
      }));
      const record = { feed: 'pf_1', round: 1, value, observedAt: at, quotes, closedAt: at };
      world.plant(rounds, roundParts('pf_1', 1), { ...record, state: 'FINAL' });
      return brokenInvariants(invariants, world);
    };
    expect(quoted([5n, 7n, 9n], 7n)).toEqual([]);
    expect(quoted([5n], 5n)).toEqual(['Q1: pf_1 1']);
    expect(quoted([5n, 7n], 5n, ['o1', 'o1'])).toEqual(['Q1: pf_1 1']);
    expect(quoted([5n, 7n, 9n], 9n)).toEqual(['Q1: pf_1 1']);
  });

  it('Q2: a stale price is last, never current, a millisecond after it was', () => {
    const world = start();
    const observedAt = world.nowMs();
    const point = { round: 1, value: 5n, observedAt, finalAt: observedAt };
    const feed = { ...world.must(feeds, 'pf_1'), current: point };
    expect(usabilityOf(priceAt(feed, observedAt + 60_000))).toBeUndefined();
    expect(usabilityOf(priceAt(feed, observedAt + 60_001))).toBe('price_is_stale');
    expect(usabilityOf(priceAt({ ...feed, state: 'UNCONFIRMED' }, observedAt))).toBe(
      'price_not_final',
    );
  });
});

function start(): World {
  const world = given({
    contracts: [partyRegistry, priceFeed],
    parties: {
      governor: ['GOVERNOR'],
      o1: ['ORACLE'],
      o2: ['ORACLE'],
      o3: ['ORACLE'],
      o4: ['ORACLE'],
    },
  });
  world.submit('governor', 'price-feed', 'create_feed', {
    id: 'pf_1',
    sku: 'CRUDE',
    currency: 'USD',
    unit: 'BLL',
    scale: 0,
    oracles: [world.id('o1'), world.id('o2'), world.id('o3')],
    quorum: 2,
    windowMs: WINDOW_MS,
    staleAfterMs: 60_000,
    maxMoveBps: 2_000,
    confirmWithinBps: 500,
  });
  return world;
}
