import { type CborMap, dayFromText, defined } from '@triflow/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { createReach } from '../createReach.js';
import { command, defineContract } from '../defineContract.js';
import { partyRegistry } from '../party-registry/index.js';
import { given, type World } from '../testkit.js';
import { priceFeed } from './index.js';
import { currentPrice, priceProblem } from './internal.js';
import { feeds, roundParts, rounds } from './keys.js';
import { commandSchemas, type RoundRecord } from './schema.js';
import { isBigMove, medianOf } from './settleRound.js';
import { statusCodes } from './statusCodes.js';

const HOUR_MS = 3_600_000;
const reach = createReach();

afterAll(() => {
  expect(reach.missing('price-feed', statusCodes)).toEqual([]);
});

describe('create_feed', () => {
  it('is for a GOVERNOR, with oracles that are such and a majority', () => {
    const world = start();
    expect(create(world).code).toBe('success');
    expect(create(world).code).toBe('id_already_exists');
    const id = 'pf_other';
    expect(create(world, { id }, 'o1').code).toBe('signer_lacks_role');
    const twice = [world.id('o1'), world.id('o1')];
    expect(create(world, { id, oracles: twice }).code).toBe('oracle_named_twice');
    const stranger = [world.id('o1'), world.id('buyer')];
    expect(create(world, { id, oracles: stranger }).code).toBe('reference_not_found');
    expect(create(world, { id, quorum: 1 }).code).toBe('quorum_out_of_range');
    expect(create(world, { id, quorum: 4 }).code).toBe('quorum_out_of_range');
  });
});

describe('submit_quote', () => {
  it('the quorum makes the median final, observed at the earliest quote', () => {
    const world = withFeed({ quorum: 3 });
    const early = world.nowMs() - 5_000;
    expect(quote(world, 'o1', 1, 4_600n).code).toBe('success');
    expect(quote(world, 'o2', 1, 4_500n, { observedAt: early }).code).toBe('success');
    expect(world.must(feeds, 'pf_brent').current).toBeUndefined();
    const last = quote(world, 'o3', 1, 4_550n);
    expect(last.events.map((event) => event.type)).toEqual(['quote.submitted', 'price.final']);
    const { current, state } = world.must(feeds, 'pf_brent');
    expect(current).toMatchObject({ value: 4_550n, round: 1, observedAt: early });
    expect(state).toBe('OPEN');
  });

  it('of an even count the lower middle one counts', () => {
    const world = withFeed();
    settle(world, 1, 100n, 90n);
    expect(world.must(feeds, 'pf_brent').current?.value).toBe(90n);
    expect(medianOf([4n, 1n, 3n, 2n])).toBe(2n);
  });

  it('refuses in the order of the README', () => {
    const world = withFeed();
    expect(quote(world, 'buyer', 1, 1n).code).toBe('signer_lacks_role');
    expect(quote(world, 'o1', 1, 1n, { id: 'pf_none' }).code).toBe('object_not_found');
    expect(quote(world, 'o4', 1, 1n).code).toBe('oracle_not_in_feed');
    expect(quote(world, 'o1', 2, 1n).code).toBe('round_closed');
    const later = { observedAt: world.nowMs() + 60_000 };
    expect(quote(world, 'o1', 1, 1n, later).code).toBe('observation_outside_window');
    const old = { observedAt: world.nowMs() - HOUR_MS - 1 };
    expect(quote(world, 'o1', 1, 1n, old).code).toBe('observation_outside_window');
    quote(world, 'o1', 1, 1n, { sourceDay: 18_000 });
    expect(quote(world, 'o1', 1, 1n).code).toBe('quote_already_submitted');
    expect(quote(world, 'o2', 1, 1n).code).toBe('source_day_differs');
    expect(quote(world, 'o2', 1, 1n, { sourceDay: 18_000 }).code).toBe('success');
    expect(quote(world, 'o3', 1, 1n, { sourceDay: 18_000 }).code).toBe('round_closed');
  });

  it('a round without quorum in its window is void, and the next number opens', () => {
    const world = withFeed();
    quote(world, 'o1', 1, 100n);
    world.advance(HOUR_MS + 1);
    expect(quote(world, 'o2', 1, 100n).code).toBe('round_closed');
    const outcome = quote(world, 'o2', 2, 100n);
    expect(outcome.events[0]?.type).toBe('round.void');
    expect(roundOf(world, 1).state).toBe('VOID');
    expect(quote(world, 'o1', 2, 100n).code).toBe('success');
    expect(roundOf(world, 2).state).toBe('FINAL');
  });

  it('prices may be zero and negative', () => {
    const world = withFeed({ maxMoveBps: 1_000_000 });
    settle(world, 1, -3_763n, -3_763n);
    expect(world.must(feeds, 'pf_brent').current?.value).toBe(-3_763n);
    expect(isBigMove(1n, 0n, 1_000_000)).toBe(true);
    expect(isBigMove(-110n, -100n, 1_000)).toBe(false);
    expect(isBigMove(-111n, -100n, 1_000)).toBe(true);
  });
});

describe('a big move', () => {
  it('waits for a second round that is near: then both are final', () => {
    const world = withFeed();
    settle(world, 1, 10_000n, 10_000n);
    expect(settle(world, 2, 7_000n, 7_000n).events.at(-1)?.type).toBe('price.unconfirmed');
    expect(world.must(feeds, 'pf_brent')).toMatchObject({ state: 'UNCONFIRMED' });
    expect(probe(world, 'usable')).toBe('price_not_final');
    settle(world, 3, 7_300n, 7_300n);
    expect(roundOf(world, 2)).toMatchObject({ state: 'FINAL', decidedBy: 3 });
    expect(world.must(feeds, 'pf_brent').current).toMatchObject({ value: 7_300n, round: 3 });
    expect(probe(world, 'usable')).toBe('success');
  });

  it('a second round far off rejects the first and is judged by itself', () => {
    const world = withFeed();
    settle(world, 1, 10_000n, 10_000n);
    settle(world, 2, 1_000n, 1_000n);
    settle(world, 3, 10_100n, 10_100n);
    expect(roundOf(world, 2).state).toBe('REJECTED');
    expect(world.must(feeds, 'pf_brent')).toMatchObject({ state: 'OPEN' });
    settle(world, 4, 5_000n, 5_000n);
    settle(world, 5, 3_000n, 3_000n);
    expect(roundOf(world, 4).state).toBe('REJECTED');
    expect(roundOf(world, 5).state).toBe('UNCONFIRMED');
    expect(world.must(feeds, 'pf_brent').current?.value).toBe(10_100n);
  });

  it('the fall of Brent in 2020: -22.5 % on 9 March is confirmed by a second round', () => {
    const world = withFeed({ maxMoveBps: 2_000 });
    const day = { sourceDay: defined(dayFromText('2020-03-09'), 'a date') };
    settle(world, 1, 4_560n, 4_560n, { sourceDay: defined(dayFromText('2020-03-06'), 'a date') });
    settle(world, 2, 3_533n, 3_533n, day);
    expect(roundOf(world, 2).state).toBe('UNCONFIRMED');
    settle(world, 3, 3_533n, 3_533n, day);
    expect(world.must(feeds, 'pf_brent').current).toMatchObject({ value: 3_533n, ...day });
  });
});

describe('the price that others read', () => {
  it('is stale after staleAfterMs, to the millisecond', async () => {
    const world = withFeed();
    expect(probe(world, 'usable')).toBe('price_not_final');
    expect(probe(world, 'usable', 'pf_none')).toBe('object_not_found');
    settle(world, 1, 100n, 100n);
    const { current } = world.must(feeds, 'pf_brent');
    const observedAt = current?.observedAt ?? 0;
    world.setTime(observedAt + 24 * HOUR_MS - 1_000);
    expect(probe(world, 'usable')).toBe('success');
    expect(probe(world, 'usable')).toBe('price_is_stale');
    const { data } = await ask(world, priceFeed, 'price', { feed: 'pf_brent' });
    const last = { fresh: false, price: { value: 100n } };
    expect(data).toMatchObject({ current: null, problem: 'price_is_stale', last });
    const none = await ask(world, priceFeed, 'price', { feed: 'pf_none' });
    expect(none.data).toBeNull();
  });

  it('has a history by round, page by page', async () => {
    const world = withFeed();
    for (let round = 1; round <= 12; round += 1) settle(world, round, 100n, 101n);
    const page = { feed: 'pf_brent', limit: '10' };
    const first = await ask(world, priceFeed, 'priceHistory', page);
    const { items, next } = first.data as { items: RoundRecord[]; next: string };
    expect(items.map((item) => item.round)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const second = await ask(world, priceFeed, 'priceHistory', { ...page, after: next });
    expect((second.data as { items: RoundRecord[] }).items.map((item) => item.round)).toEqual([
      11, 12,
    ]);
    expect(second.proofRef).toEqual([
      'price-feed/round/pf_brent/0000000011',
      'price-feed/round/pf_brent/0000000012',
    ]);
  });
});

/** A contract that may do something only on a usable price. */
const asker = defineContract({
  name: 'asker',
  version: 1,
  tables: [],
  statusCodes: {},
  commands: {
    usable: command({
      who: 'anyone',
      params: commandSchemas.submit_quote.pick({ id: true }),
      verify: (context, { id }) => {
        const problem = priceProblem(context, id);
        if (problem !== undefined) return problem;
        const found = currentPrice(context, id);
        expect(found?.price).toMatchObject({ currency: 'USD', unit: 'BLL', scale: 0 });
        return { contract: 'ledger', number: 0, code: 'success' };
      },
      execute: () => ({ contract: 'ledger', number: 0, code: 'success' }),
    }),
  },
});

function start(): World {
  const world = given({
    contracts: [partyRegistry, priceFeed, asker],
    parties: {
      governor: ['GOVERNOR'],
      o1: ['ORACLE'],
      o2: ['ORACLE'],
      o3: ['ORACLE'],
      o4: ['ORACLE'],
      buyer: ['BUYER'],
    },
  });
  return reach.watch(world);
}

function withFeed(changes: CborMap = {}): World {
  const world = start();
  create(world, changes);
  return world;
}

function create(world: World, changes: CborMap = {}, alias = 'governor') {
  return world.submit(alias, 'price-feed', 'create_feed', {
    id: 'pf_brent',
    sku: 'CRUDE-BRENT',
    currency: 'USD',
    unit: 'BLL',
    scale: 0,
    oracles: [world.id('o1'), world.id('o2'), world.id('o3')],
    quorum: 2,
    windowMs: HOUR_MS,
    staleAfterMs: 24 * HOUR_MS,
    maxMoveBps: 1_000,
    confirmWithinBps: 500,
    ...changes,
  });
}

function quote(world: World, alias: string, round: number, value: bigint, changes: CborMap = {}) {
  const params = { id: 'pf_brent', round, value, observedAt: world.nowMs(), ...changes };
  return world.submit(alias, 'price-feed', 'submit_quote', params);
}

/** Two quotes, the quorum; gives the outcome of the second. */
function settle(world: World, round: number, first: bigint, second: bigint, changes?: CborMap) {
  quote(world, 'o1', round, first, changes);
  return quote(world, 'o2', round, second, changes);
}

function roundOf(world: World, round: number): RoundRecord {
  return world.must(rounds, ...roundParts('pf_brent', round));
}

function probe(world: World, name: string, id = 'pf_brent'): string {
  return world.submit('buyer', 'asker', name, { id }).code;
}
