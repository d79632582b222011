import { beforeEach, describe, expect, it } from 'vitest';
import {
  accepted,
  barrels,
  digestOf,
  emptyWorld,
  establishedWorld,
  liensOn,
  ref,
  statedItems,
  withLot,
  withReceipt,
} from '../pledge-facility/pledgeWorld.js';
import type { World } from '../testkit.js';
import { lots, receipts, slotUses } from './keys.js';

const NAME = 'warehouse-receipt';
let world: World;
const send = (alias: string, name: string, params: object) =>
  world.submit(alias, NAME, name, params as never).code;

beforeEach(() => {
  world = emptyWorld();
  withLot(world, 'lt_oil', 1_000n);
  withReceipt(world, 'wr_a', 'lt_oil', 300n);
  withReceipt(world, 'wr_b', 'lt_oil', 200n);
});

describe('merge', () => {
  const part = (id: string, expectedVersion = 1) => ({ id, expectedVersion });
  const merge = (extra = {}) => ({ id: 'wr_m', parts: [part('wr_a'), part('wr_b')], ...extra });

  it('E4: one receipt for the sum, which names those that it replaces', () => {
    accepted(world.agree(['holder', 'keeper'], NAME, 'merge', merge() as never));
    expect(world.must(receipts, 'wr_m')).toMatchObject({
      state: 'FREE',
      quantity: barrels(500n),
      parents: ['wr_a', 'wr_b'],
    });
    expect(world.must(receipts, 'wr_a')).toMatchObject({ state: 'MERGED', children: ['wr_m'] });
    expect(world.must(lots, 'lt_oil')).toMatchObject({ openReceipts: 1, receipted: barrels(500n) });
  });

  it('holds the parts between the signatures, and a rejection puts them back', () => {
    expect(send('holder', 'merge', merge())).toBe('success');
    expect(world.must(receipts, 'wr_b').state).toBe('MERGE_PENDING');
    expect(send('keeper', 'reject', { id: 'wr_m', pendingId: 'merge-1' })).toBe('success');
    expect(world.must(receipts, 'wr_b')).toMatchObject({ state: 'FREE', version: 1 });
  });

  it('refuses what it must, in the documented order', () => {
    expect(send('holder', 'merge', merge({ id: 'wr_a' }))).toBe('id_already_exists');
    const twice = { parts: [part('wr_a'), part('wr_a')] };
    expect(send('holder', 'merge', merge(twice))).toBe('receipts_not_mergeable');
    const unknown = { parts: [part('wr_a'), part('wr_x')] };
    expect(send('holder', 'merge', merge(unknown))).toBe('object_not_found');
    expect(send('buyer', 'merge', merge())).toBe('signer_not_party_to_object');
    const stale = { parts: [part('wr_a', 2), part('wr_b')] };
    expect(send('holder', 'merge', merge(stale))).toBe('object_version_is_stale');
  });

  it('receipts of another lot, or of other terms, are not merged', () => {
    withLot(world, 'lt_two', 100n);
    withReceipt(world, 'wr_c', 'lt_two', 50n);
    const others = { parts: [part('wr_a'), part('wr_c')] };
    expect(send('holder', 'merge', merge(others))).toBe('receipts_not_mergeable');
    const items = { ...statedItems(world), place: 'Tank T-08, Zhoushan' };
    const terms = { id: 'wr_d', lot: 'lt_oil', holder: world.id('holder'), quantity: barrels(10n) };
    expect(send('keeper', 'issue', { ...terms, items, inspection: ref })).toBe('success');
    const place = { parts: [part('wr_a'), part('wr_d')] };
    expect(send('holder', 'merge', merge(place))).toBe('receipts_not_mergeable');
  });
});

describe('amend', () => {
  const amend = (extra = {}) => ({
    id: 'wr_a',
    expectedVersion: 1,
    reissuedAs: 'wr_new',
    items: { ...statedItems(world), place: 'Tank T-09, Zhoushan' },
    ...extra,
  });

  it('surrenders a receipt and issues another for the same goods', () => {
    accepted(world.agree(['holder', 'keeper'], NAME, 'amend', amend() as never));
    expect(world.must(receipts, 'wr_a')).toMatchObject({ state: 'REPLACED', children: ['wr_new'] });
    expect(world.must(receipts, 'wr_new')).toMatchObject({
      state: 'FREE',
      parents: ['wr_a'],
      quantity: barrels(300n),
      items: { place: 'Tank T-09, Zhoushan' },
    });
  });

  it('L5: the pledge follows, and the lender signs', () => {
    world = establishedWorld();
    const { version, lien } = world.must(receipts, 'wr_oil');
    const params = amend({ id: 'wr_oil', expectedVersion: version });
    accepted(world.agree(['holder', 'bank', 'keeper'], NAME, 'amend', params as never));
    const fresh = world.must(receipts, 'wr_new');
    expect(fresh.state).toBe('PLEDGED');
    expect(fresh.lien).not.toBe(lien);
    expect(liensOn(world, 'wr_new')).toEqual([fresh.lien]);
    expect(liensOn(world, 'wr_oil')).toEqual([]);
  });

  it('refuses what it must, in the documented order', () => {
    expect(send('holder', 'amend', amend({ id: 'wr_x' }))).toBe('object_not_found');
    expect(send('buyer', 'amend', amend())).toBe('signer_not_party_to_object');
    expect(send('holder', 'amend', amend({ reissuedAs: 'wr_b' }))).toBe('id_already_exists');
    expect(send('holder', 'amend', amend({ items: {} }))).toBe('statutory_item_missing');
    const goods = { ...(statedItems(world).goods as object), pieces: 7 };
    const pieces = { items: { ...statedItems(world), goods } };
    expect(send('holder', 'amend', amend(pieces))).toBe('split_does_not_conserve_quantity');
    const items = { ...statedItems(world), storagePeriod: { from: 10, to: 9 } };
    expect(send('holder', 'amend', amend({ items }))).toBe('storage_period_invalid');
    expect(send('keeper', 'state_fee', { id: 'wr_a', due: { minor: 5n, currency: 'CNY' } })).toBe(
      'success',
    );
    expect(send('holder', 'amend', amend({ expectedVersion: 2 }))).toBe('storage_fee_due');
  });
});

describe('slots of an identified lot (E2)', () => {
  const issue = (id: string, value: bigint, slots?: string[]) =>
    send('keeper', 'issue', {
      id,
      lot: 'lt_box',
      holder: world.id('holder'),
      quantity: barrels(value),
      items: statedItems(world),
      inspection: ref,
      ...(slots === undefined ? {} : { slots }),
    });

  beforeEach(() => {
    const lot = { id: 'lt_box', sku: 'DRUMS', grade: 'standard', unit: 'BLL', scale: 0 };
    const terms = { ...lot, mode: 'identified', lossStandardBps: 0 };
    expect(send('keeper', 'create_lot', terms)).toBe('success');
    const slots = ['container:A', 'container:B', 'container:C'];
    const goods = { id: 'lt_box', quantity: barrels(30n), slots, weighing: digestOf('box') };
    expect(send('keeper', 'gate_in', goods)).toBe('success');
  });

  it('a container is under one open receipt', () => {
    expect(issue('wr_1', 10n)).toBe('slot_missing');
    expect(issue('wr_1', 10n, ['container:Z'])).toBe('slot_not_in_lot');
    expect(issue('wr_1', 10n, ['container:A'])).toBe('success');
    expect(issue('wr_2', 10n, ['container:A'])).toBe('slot_already_assigned');
    expect(issue('wr_2', 20n)).toBe('success');
    expect(world.must(receipts, 'wr_2').slots).toEqual(['container:B', 'container:C']);
    expect(world.must(slotUses, 'container:A').receipt).toBe('wr_1');
  });

  it('the parts of a split share out the slots', () => {
    expect(issue('wr_1', 30n)).toBe('success');
    const split = (a: string[], b: string[]) =>
      world.submit('holder', NAME, 'split', {
        id: 'wr_1',
        expectedVersion: 1,
        parts: [
          { id: 'wr_p', quantity: barrels(10n), slots: a },
          { id: 'wr_q', quantity: barrels(20n), slots: b },
        ],
      }).code;
    expect(split([], ['container:A', 'container:B', 'container:C'])).toBe('slot_missing');
    expect(split(['container:A'], ['container:A', 'container:B'])).toBe('slot_already_assigned');
    expect(split(['container:Z'], ['container:B'])).toBe('slot_not_in_lot');
    expect(split(['container:A'], ['container:B', 'container:C'])).toBe('success');
    accepted(world.countersign('keeper', NAME, 'wr_1'));
    expect(world.must(slotUses, 'container:C').receipt).toBe('wr_q');
  });

  it('a commingled lot holds shares, not slots', () => {
    const terms = { id: 'wr_s', lot: 'lt_oil', holder: world.id('holder'), quantity: barrels(1n) };
    const stated = { items: statedItems(world), inspection: ref, slots: ['container:A'] };
    expect(send('keeper', 'issue', { ...terms, ...stated })).toBe('slot_not_in_lot');
  });
});
