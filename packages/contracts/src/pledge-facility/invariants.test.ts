import { dayFromTime, endOfDay, isOk } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { liens, onAsset } from '../lien/keys.js';
import { feeds } from '../price-feed/keys.js';
import type { World } from '../testkit.js';
import { receipts, tokens } from '../warehouse-receipt/keys.js';
import { invariants } from './invariants.js';
import { facilities } from './keys.js';
import { lifecycle } from './lifecycle.js';
import { quote } from './pledgeWorld.js';
import { choices, take, walkWorld } from './randomWalk.js';
import type { Facility, Item } from './schema.js';

const RUNS = 25;
const STEPS = 80;
const SEED = 20_260_105;

describe('after random commands by random parties', () => {
  it('facilities keep their invariants, and a refused command changes nothing', () => {
    fc.assert(
      fc.property(choices(STEPS), (list) => {
        const world = walkWorld();
        for (const [count, choice] of list.entries()) {
          const before = world.must(facilities, 'pl_oil');
          const taken = take(world, choice, count);
          if (taken === undefined) continue;
          const after = world.must(facilities, 'pl_oil');
          expect(brokenInvariants(invariants, world), taken.name).toEqual([]);
          if (!isOk(taken.outcome)) expect(after).toEqual(before);
          expect(isAllowedMove(before, after), `${before.state} → ${after.state}`).toBe(true);
          expect(after.version - before.version).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it('F5: a valuation replays from the records, with code of its own', () => {
    fc.assert(
      fc.property(choices(STEPS), fc.nat(7_000), (list, price) => {
        const world = walkWorld();
        for (const [count, choice] of list.entries()) take(world, choice, count);
        const { state } = world.must(facilities, 'pl_oil');
        if (state === 'CLOSED' || state === 'DEFAULT' || state === 'CURE_FAILED') return;
        quote(world, BigInt(price));
        world.submit('stranger', 'pledge-facility', 'revalue', { id: 'pl_oil' });
        const { items, valuation } = world.must(facilities, 'pl_oil');
        const value = items.reduce((sum, one) => sum + countedValue(world, one), 0n);
        expect(valuation?.valueMinor).toBe(value);
      }),
      { numRuns: RUNS, seed: SEED },
    );
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
