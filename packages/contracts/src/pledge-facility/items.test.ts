import { type CborMap, encodeCanonical, limits } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { receipts } from '../warehouse-receipt/keys.js';
import { itemRoomProblem } from './items.js';
import { facilities } from './keys.js';
import {
  accepted,
  barrels,
  draw,
  emptyWorld,
  establishedWorld,
  facilityTerms,
  item,
  register,
  revalue,
  withAgreement,
  withFeed,
  withLot,
  withPledge,
  withReceipt,
} from './pledgeWorld.js';

describe('items of a facility', () => {
  it('that are let in always fit into its record', () => {
    const cap = { value: 2n ** 62n, currency: 'USD', unit: 'BLL', scale: 9 };
    const terms = fc.record({
      count: fc.integer({ min: 1, max: 300 }),
      asset: fc.integer({ min: 1, max: 60 }),
      feed: fc.integer({ min: 1, max: 60 }),
      capped: fc.boolean(),
    });
    fc.assert(
      fc.property(terms, ({ count, asset, feed, capped }) => {
        const one = {
          asset: `wr_${'a'.repeat(asset)}`,
          feed: `pf_${'a'.repeat(feed)}`,
          haircutBps: 10_000,
          verifiedWithinMs: 366 * 86_400_000,
          insuranceRequired: true,
          ...(capped ? { priceCap: cap } : {}),
        };
        const items = Array.from({ length: count }, () => one);
        if (itemRoomProblem(items).number !== 0) return;
        const verified = { verifiedAt: Number.MAX_SAFE_INTEGER, basePrice: 2n ** 63n - 1n };
        const written = { ...one, ...verified, junior: true } as CborMap;
        const bytes = encodeCanonical(items.map(() => written)).length;
        expect(bytes).toBeLessThanOrEqual(limits.facilityItemsBytesMax);
      }),
      { numRuns: 200, seed: 20_260_105 },
    );
  });

  it('are bounded when a facility is asked for', () => {
    const world = emptyWorld();
    withFeed(world);
    const items = Array.from({ length: limits.itemsPerFacilityMax }, (_, index) =>
      item(`wr_${String(index).padStart(60, '0')}`),
    );
    const outcome = world.submit(
      'holder',
      'pledge-facility',
      'apply',
      facilityTerms(world, { items }),
    );
    expect(outcome.code).toBe('success');
    const long = items.map((one) => ({
      ...one,
      priceCap: { value: 1n, currency: 'USD', unit: 'BLL', scale: 0 },
    }));
    const terms = facilityTerms(world, { items: long, id: 'pl_long' });
    expect(world.submit('holder', 'pledge-facility', 'apply', terms).code).toBe('bound_exceeded');
  });

  it('are bounded when a pledged receipt is split, and 256 of them can still be valued', () => {
    const world = emptyWorld();
    withLot(world, 'lt_oil', 1_000n);
    const ids = ['wr_a', 'wr_b', 'wr_c', 'wr_d', 'wr_e'];
    for (const id of ids) withReceipt(world, id, 'lt_oil', 64n);
    withFeed(world);
    withAgreement(world, { items: ids.map((id) => item(id)) });
    for (const id of ids) withPledge(world, id);
    const split = (id: string) => {
      const { version } = world.must(receipts, id);
      const parts = Array.from({ length: 64 }, (_, n) => ({
        id: `${id}-${n}`,
        quantity: barrels(1n),
      }));
      const params = { id, expectedVersion: version, parts };
      return world.agree(['holder', 'bank', 'keeper'], 'warehouse-receipt', 'split', params).code;
    };
    expect(ids.slice(0, 3).map(split)).toEqual(['success', 'success', 'success']);
    expect(split('wr_d')).toBe('bound_exceeded');
    const params = {
      id: 'pl_oil',
      evidence: { hash: `sha256:${'0'.repeat(64)}`, mediaType: 'a/b' },
    };
    accepted(world.submit('supervisor', 'pledge-facility', 'attest_control', params));
    expect(world.must(facilities, 'pl_oil').items).toHaveLength(3 * 64 + 2);
    accepted(revalue(world));
    const close = { id: 'pl_oil', expectedVersion: world.must(facilities, 'pl_oil').version };
    const closed = accepted(world.submit('bank', 'pledge-facility', 'repay_and_release', close));
    expect(closed.events.filter((event) => event.type === 'receipt.released')).toHaveLength(194);
  });

  it('follow a receipt that is split while money is out', () => {
    const world = establishedWorld();
    accepted(draw(world, 400_000_000n));
    const { version } = world.must(receipts, 'wr_oil');
    const parts = ['wr_b', 'wr_c'].map((id) => ({ id, quantity: barrels(60_000n) }));
    const params = { id: 'wr_oil', expectedVersion: version, parts };
    const before = world.must(facilities, 'pl_oil');
    accepted(world.agree(['holder', 'bank', 'keeper'], 'warehouse-receipt', 'split', params));
    accepted(revalue(world));
    const after = world.must(facilities, 'pl_oil');
    expect(after.valuation?.valueMinor).toBe(before.valuation?.valueMinor);
    expect(after.items.map((one) => one.asset)).toEqual(['wr_b', 'wr_c']);
    expect(after.version).toBe(before.version + 1);
    const release = { id: 'wr_b', expectedVersion: 1 };
    const outcome = world.submit('bank', 'warehouse-receipt', 'release', release);
    expect(outcome.code).toBe('release_would_breach_ltv');
    withReceipt(world, 'wr_more', 'lt_oil', 1n);
    register(world, withPledge(world, 'wr_more'));
  });
});
