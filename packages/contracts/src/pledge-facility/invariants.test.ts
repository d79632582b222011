import { dayFromTime, defined, endOfDay, isOk } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { liens, onAsset } from '../lien/keys.js';
import { feeds } from '../price-feed/keys.js';
import { noteHistory } from '../runSteps.js';
import type { World } from '../testkit.js';
import { receipts, tokens } from '../warehouse-receipt/keys.js';
import { events as facilityEvents } from './events.js';
import { invariants } from './invariants.js';
import { distributions, facilities, saleParts } from './keys.js';
import { isLive, lifecycle } from './lifecycle.js';
import { quote } from './pledgeWorld.js';
import { choices, startOf, take, walkWorld } from './randomWalk.js';
import type { Facility, Item } from './schema.js';

const RUNS = 300;
const STEPS = 50;
/** A slow machine, eight suites at once. */
const TIMEOUT_MS = 300_000;
const SEED = 20_260_105;
/** What happened before the walk begins, or needs what it does not have. */
const AGREEMENT = new Set<string>([
  'facility.approved',
  'facility.agreed',
  'facility.established',
  'claim.stated',
]);

describe('after random commands by random parties', () => {
  it(
    'facilities keep their invariants, and a refused command changes nothing',
    () => {
      const seen = new Set<string>();
      fc.assert(
        fc.property(choices(STEPS), (list) => {
          const world = startOf(defined(list[0], 'a choice'));
          for (const [count, choice] of list.entries()) {
            const before = world.must(facilities, 'pl_oil');
            const taken = take(world, choice, count);
            if (taken === undefined) continue;
            const after = world.must(facilities, 'pl_oil');
            for (const { type } of taken.outcome.events) seen.add(type);
            expect(brokenInvariants(invariants, world), taken.name).toEqual([]);
            if (!isOk(taken.outcome)) expect(after).toEqual(before);
            expect(isAllowedMove(before, after), `${before.state} → ${after.state}`).toBe(true);
            expect(after.version - before.version).toBeLessThanOrEqual(1);
          }
          noteHistory(world);
        }),
        { numRuns: RUNS, seed: SEED },
      );
      expect(facilityEvents.filter((type) => !seen.has(type) && !AGREEMENT.has(type))).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'F5: a valuation replays from the records, with code of its own',
    () => {
      fc.assert(
        fc.property(choices(STEPS), fc.nat(7_000), (list, price) => {
          const world = walkWorld();
          for (const [count, choice] of list.entries()) take(world, choice, count);
          const { state } = world.must(facilities, 'pl_oil');
          if (!isLive(state)) return;
          quote(world, BigInt(price));
          world.submit('stranger', 'pledge-facility', 'revalue', { id: 'pl_oil' });
          const { items, valuation } = world.must(facilities, 'pl_oil');
          const value = items.reduce((sum, one) => sum + countedValue(world, one), 0n);
          expect(valuation?.valueMinor).toBe(value);
        }),
        { numRuns: RUNS / 3, seed: SEED },
      );
    },
    TIMEOUT_MS,
  );
});

describe('the inputs of a valuation', () => {
  it('F5: have one digest, and other inputs another', () => {
    const inputs = [6_000n, 6_000n, 5_999n].map((price) => {
      const world = walkWorld();
      quote(world, price);
      world.submit('stranger', 'pledge-facility', 'revalue', { id: 'pl_oil' });
      return world.must(facilities, 'pl_oil').valuation?.inputs;
    });
    expect(inputs[1]).toBe(inputs[0]);
    expect(inputs[2]).not.toBe(inputs[0]);
  });
});

describe('each invariant notices the record that breaks it', () => {
  const brokenBy = (change: (facility: Facility, world: World) => Partial<Facility>) => {
    const world = walkWorld();
    const facility = world.must(facilities, 'pl_oil');
    expect(brokenInvariants(invariants, world)).toEqual([]);
    world.plant(facilities, ['pl_oil'], { ...facility, ...change(facility, world) });
    return brokenInvariants(invariants, world).join('; ');
  };

  it('F1: more owed than the limit', () => {
    expect(brokenBy(({ debt, limit }) => ({ limit: { ...limit, minor: 1n }, debt }))).toMatch('F1');
  });

  it('F3: a facility in calm that is not covered', () => {
    const doubled = (facility: Facility) => {
      const { valuation } = facility;
      if (valuation === undefined) return {};
      return { valuation: { ...valuation, debtMinor: valuation.debtMinor * 2n } };
    };
    expect(brokenBy(doubled)).toMatch('F3');
  });

  it('F4: one asset in two facilities', () => {
    const second = (facility: Facility, world: World) => {
      world.plant(facilities, ['pl_two'], { ...facility, id: 'pl_two' });
      return {};
    };
    expect(brokenBy(second)).toMatch('F4');
  });

  it('F5: a line that does not follow from the sums', () => {
    const lied = ({ valuation }: Facility) =>
      valuation === undefined ? {} : { valuation: { ...valuation, line: 'warning' as const } };
    expect(brokenBy(lied)).toMatch('F5');
  });

  it('F6: the lender holds the pledged goods', () => {
    const taken = ({ lender }: Facility, world: World) => {
      world.plant(receipts, ['wr_oil'], { ...world.must(receipts, 'wr_oil'), holder: lender });
      return {};
    };
    expect(brokenBy(taken)).toMatch('F6');
  });

  it('a distribution that loses a minor unit, and one that nobody counted', () => {
    const lost = (_facility: Facility, world: World) => {
      world.plant(distributions, saleParts('pl_oil', 1), {
        facility: 'pl_oil',
        sale: 1,
        currency: 'USD',
        proceedsMinor: 2n,
        lines: [],
        ruleSet: 'none',
        at: 0,
      });
      return {};
    };
    expect(brokenBy(lost)).toMatch(/distribution pl_oil 1.*sales of pl_oil/);
  });
});

function isAllowedMove(before: Facility, after: Facility): boolean {
  if (before.state === after.state) return true;
  const moves = Object.values(lifecycle.facility[before.state]) as readonly string[];
  return moves.some((next) => next.split(', ').includes(after.state));
}

/** What a receipt is worth now, by the sentences of the README and nothing of the contract's. */
function countedValue(world: World, item: Item): bigint {
  const now = world.nowMs();
  const receipt = world.must(receipts, item.asset);
  const [entry] = world.read(onAsset, item.asset)?.liens ?? [];
  const lien = entry === undefined ? undefined : world.must(liens, entry.lien);
  const feed = world.must(feeds, item.feed);
  const validTo = lien?.publicity.registryValidTo ?? 0;
  const counts =
    lien?.state === 'EFFECTIVE' &&
    dayFromTime(now) <= validTo &&
    (receipt.frozen === undefined || (receipt.frozen.until ?? now) < now) &&
    now - (item.verifiedAt ?? 0) <= item.verifiedWithinMs &&
    now <= endOfDay(receipt.items.storagePeriod.to) &&
    feed.state === 'OPEN' &&
    feed.current !== undefined &&
    now - feed.current.observedAt <= feed.staleAfterMs;
  if (!counts) return 0n;
  const out = world.read(tokens, receipt.id, String(receipt.token ?? 0))?.quantity.value ?? 0n;
  return (receipt.quantity.value - out) * (feed.current?.value ?? 0n);
}
