import { limits } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  accepted,
  barrels,
  digestOf,
  emptyWorld,
  ref,
  statedItems,
  withAgreement,
  withFeed,
  withLot,
  withReceipt,
} from '../pledge-facility/pledgeWorld.js';
import type { World } from '../testkit.js';
import { lots, receipts, slotUses } from './keys.js';

const NAME = 'warehouse-receipt';
const lotTerms = {
  id: 'lt_a',
  sku: 'CRUDE-BRENT',
  grade: 'standard',
  unit: 'BLL',
  scale: 0,
  mode: 'identified',
  lossStandardBps: 30,
};

describe('create_lot', () => {
  it('opens an empty lot of the warehouse that signs', () => {
    const world = emptyWorld();
    const params = { ...lotTerms, owner: world.id('holder') };
    const outcome = accepted(world.submit('keeper', NAME, 'create_lot', params));
    expect(outcome.events.map((event) => event.type)).toEqual(['lot.created']);
    const lot = world.must(lots, 'lt_a');
    expect(lot).toMatchObject({ warehouse: world.id('keeper'), owner: world.id('holder') });
    expect(lot.onHand).toEqual(barrels(0n));
    expect(lot.version).toBe(1);
  });

  it('refuses what it must, in the documented order', () => {
    const world = emptyWorld();
    const code = (alias: string, extra = {}) =>
      world.submit(alias, NAME, 'create_lot', { ...lotTerms, ...extra }).code;
    expect(code('holder')).toBe('signer_lacks_role');
    expect(code('keeper', { owner: 'uscc:NOBODY' })).toBe('party_not_active');
    expect(code('keeper', { owner: world.id('keeper') })).toBe('issuer_cannot_hold');
    expect(code('keeper', { unit: 'barrel' })).toBe('params_are_invalid');
    expect(code('keeper')).toBe('success');
    expect(code('keeper')).toBe('id_already_exists');
  });
});

describe('gate_in', () => {
  const goods = {
    id: 'lt_a',
    quantity: barrels(10n),
    slots: ['tank:T-07'],
    weighing: digestOf('w'),
  };
  let world: World;
  const code = (alias: string, extra = {}) =>
    world.submit(alias, NAME, 'gate_in', { ...goods, ...extra }).code;

  beforeEach(() => {
    world = emptyWorld();
    accepted(world.submit('keeper', NAME, 'create_lot', lotTerms));
  });

  it('adds weighed goods and takes their slots', () => {
    const outcome = accepted(world.submit('keeper', NAME, 'gate_in', goods));
    expect(outcome.events[0]).toMatchObject({ type: 'lot.goods_in', subject: 'lt_a' });
    expect(world.must(lots, 'lt_a')).toMatchObject({ onHand: barrels(10n), version: 2 });
    expect(world.must(slotUses, 'tank:T-07').lot).toBe('lt_a');
  });

  it('refuses another warehouse, units, amounts and what cannot be stored', () => {
    expect(code('keeper', { id: 'lt_none' })).toBe('object_not_found');
    expect(code('keeper2')).toBe('signer_not_party_to_object');
    expect(code('holder')).toBe('signer_lacks_role');
    expect(code('keeper', { quantity: { value: 1n, unit: 'KGM', scale: 0 } })).toBe(
      'unit_does_not_match',
    );
    expect(code('keeper', { quantity: { value: 15n, unit: 'BLL', scale: 1 } })).toBe(
      'quantity_has_too_many_decimals',
    );
    expect(code('keeper', { quantity: barrels(0n) })).toBe('amount_must_be_positive');
    accepted(world.submit('keeper', NAME, 'gate_in', { ...goods, quantity: barrels(2n ** 62n) }));
    expect(code('keeper', { quantity: barrels(2n ** 62n), weighing: digestOf('w2') })).toBe(
      'amount_out_of_range',
    );
  });

  it('counts a weighing once', () => {
    accepted(world.submit('keeper', NAME, 'gate_in', goods));
    expect(code('keeper')).toBe('weighing_already_used');
  });

  it('never enters a slot into two lots, of whichever warehouse', () => {
    accepted(world.submit('keeper', NAME, 'gate_in', goods));
    accepted(world.submit('keeper2', NAME, 'create_lot', { ...lotTerms, id: 'lt_b' }));
    const again = { ...goods, id: 'lt_b', weighing: digestOf('other') };
    expect(world.submit('keeper2', NAME, 'gate_in', again).code).toBe('slot_already_assigned');
    accepted(world.submit('keeper', NAME, 'create_lot', { ...lotTerms, id: 'lt_c' }));
    expect(code('keeper', { ...again, id: 'lt_c' })).toBe('slot_already_assigned');
    const second = { ...goods, weighing: digestOf('more') };
    expect(world.submit('keeper', NAME, 'gate_in', second).code).toBe('success');
  });

  it('bounds the slots of a lot', () => {
    const slots = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => `serial:S${from + index}`);
    const full = slots(0, limits.slotsPerLotMax);
    accepted(world.submit('keeper', NAME, 'gate_in', { ...goods, slots: full }));
    const more = { slots: slots(500, 1), weighing: digestOf('more') };
    expect(code('keeper', more)).toBe('bound_exceeded');
  });
});

describe('issue', () => {
  let world: World;
  const terms = (extra = {}) => ({
    id: 'wr_a',
    lot: 'lt_oil',
    holder: world.id('holder'),
    quantity: barrels(100n),
    items: statedItems(world),
    inspection: ref,
    ...extra,
  });
  const code = (alias: string, extra = {}) => world.submit(alias, NAME, 'issue', terms(extra)).code;

  beforeEach(() => {
    world = emptyWorld();
    withLot(world, 'lt_oil', 150n);
  });

  it('issues a receipt that states all eight items, issuer and day from the act', () => {
    const outcome = accepted(world.submit('keeper', NAME, 'issue', terms()));
    expect(outcome.events[0]).toMatchObject({ type: 'receipt.issued', subject: 'wr_a' });
    const receipt = world.must(receipts, 'wr_a');
    expect(receipt).toMatchObject({ state: 'FREE', holder: world.id('holder'), version: 1 });
    expect(receipt.items.issue).toMatchObject({ issuer: 'keeper company', place: 'Zhoushan' });
    expect(world.must(lots, 'lt_oil')).toMatchObject({ receipted: barrels(100n), openReceipts: 1 });
  });

  it('refuses the signer, the lot and the holder before it looks at the items', () => {
    const bad = { items: {} };
    accepted(world.submit('keeper', NAME, 'issue', terms({ id: 'wr_b', quantity: barrels(1n) })));
    expect(code('keeper', { ...bad, id: 'wr_b' })).toBe('id_already_exists');
    expect(code('keeper', { ...bad, lot: 'lt_none' })).toBe('reference_not_found');
    expect(code('keeper2', bad)).toBe('signer_not_party_to_object');
    expect(code('bank', bad)).toBe('signer_lacks_role');
    expect(code('keeper', { ...bad, holder: 'uscc:NOBODY' })).toBe('party_not_active');
    expect(code('keeper', { ...bad, holder: world.id('keeper') })).toBe('issuer_cannot_hold');
  });

  it('Civil Code 909: each of the eight items must be there', () => {
    const complete = statedItems(world);
    const goods = complete.goods as Record<string, unknown>;
    for (const name of Object.keys(complete)) {
      const items = { ...complete, [name]: undefined };
      expect(code('keeper', { items }), name).toBe('statutory_item_missing');
    }
    for (const name of Object.keys(goods)) {
      const items = { ...complete, goods: { ...goods, [name]: undefined } };
      expect(code('keeper', { items }), name).toBe('statutory_item_missing');
    }
    const blank = { ...complete, place: ' \u3000\u00a0' };
    expect(code('keeper', { items: blank })).toBe('statutory_item_missing');
  });

  it('refuses a storage period that ends before it begins, or is over', () => {
    const from = 20_500;
    const over = { ...statedItems(world), storagePeriod: { from, to: from - 1 } };
    expect(code('keeper', { items: over })).toBe('storage_period_invalid');
    const past = { ...statedItems(world), storagePeriod: { from: 1, to: 2 } };
    expect(code('keeper', { items: past })).toBe('storage_period_invalid');
  });

  it('refuses without an inspection of the goods taken in', () => {
    expect(code('keeper', { inspection: undefined })).toBe('inspection_missing');
  });

  it('never stands for more than is on hand', () => {
    expect(code('keeper', { quantity: barrels(151n) })).toBe('lot_quantity_exceeded');
    expect(code('keeper', { quantity: barrels(100n) })).toBe('success');
    expect(code('keeper', { id: 'wr_b', quantity: barrels(51n) })).toBe('lot_quantity_exceeded');
    expect(code('keeper', { id: 'wr_b', quantity: barrels(50n) })).toBe('success');
  });

  it('takes no receipts on a lot that is short', () => {
    world.plant(lots, ['lt_oil'], { ...world.must(lots, 'lt_oil'), state: 'SHORT' });
    expect(code('keeper')).toBe('lot_is_short');
  });

  it('takes no receipts on a lot that is charged as a whole', () => {
    const owner = world.id('holder');
    withLot(world, 'lt_whole', 50n, { owner, mode: 'identified' });
    withFeed(world);
    withAgreement(world);
    const charge = {
      id: 'ln_whole',
      asset: { kind: 'lot', id: 'lt_whole' },
      class: 'PLEDGE_GOODS',
      holder: world.id('bank'),
      securedMax: { minor: 1_000n, currency: 'USD' },
      debtRef: 'pl_oil',
      titlePassesOnDefault: false,
      junior: false,
    };
    accepted(world.agree(['holder', 'bank'], 'lien', 'create', charge));
    expect(code('keeper', { lot: 'lt_whole', quantity: barrels(1n) })).toBe(
      'asset_already_encumbered',
    );
  });

  it('bounds the open receipts of a lot', () => {
    const lot = world.must(lots, 'lt_oil');
    world.plant(lots, ['lt_oil'], { ...lot, openReceipts: limits.openReceiptsPerLotMax });
    expect(code('keeper')).toBe('bound_exceeded');
  });
});

describe('freeze', () => {
  it('stops everything but unfreeze, until its time or a later order', () => {
    const world = emptyWorld();
    withLot(world, 'lt_oil', 150n);
    withReceipt(world, 'wr_a', 'lt_oil', 100n);
    const order = { id: 'wr_a', order: ref };
    const transfer = { id: 'wr_a', expectedVersion: 2, to: world.id('buyer') };
    const code = (alias: string, name: string, params: Record<string, unknown>) =>
      world.submit(alias, NAME, name, params as never).code;
    expect(code('bank', 'freeze', order)).toBe('signer_lacks_role');
    expect(code('court', 'freeze', { ...order, id: 'wr_none' })).toBe('object_not_found');
    expect(code('court', 'unfreeze', order)).toBe('object_is_not_frozen');
    expect(code('court', 'freeze', order)).toBe('success');
    expect(code('court', 'freeze', order)).toBe('object_is_frozen');
    expect(code('holder', 'transfer', transfer)).toBe('object_is_frozen');
    expect(code('court', 'unfreeze', order)).toBe('success');
    expect(code('court', 'unfreeze', { ...order, id: 'wr_none' })).toBe('object_not_found');
    const until = world.nowMs() + 60_000;
    expect(code('court', 'freeze', { ...order, until })).toBe('success');
    world.advance(120_000);
    expect(code('holder', 'transfer', { ...transfer, expectedVersion: 4 })).toBe('success');
  });

  it('reaches a receipt that waits for a signature, which then cannot be given', () => {
    const world = emptyWorld();
    withLot(world, 'lt_oil', 150n);
    withReceipt(world, 'wr_a', 'lt_oil', 100n);
    const cancel = { id: 'wr_a', expectedVersion: 1 };
    accepted(world.submit('holder', NAME, 'cancel', cancel));
    accepted(world.submit('court', NAME, 'freeze', { id: 'wr_a', order: ref }));
    expect(world.countersign('keeper', NAME, 'wr_a').code).toBe('object_is_frozen');
  });

  it('does not reach a closed receipt', () => {
    const world = emptyWorld();
    withLot(world, 'lt_oil', 150n);
    withReceipt(world, 'wr_a', 'lt_oil', 100n);
    const cancel = { id: 'wr_a', expectedVersion: 1 };
    accepted(world.agree(['holder', 'keeper'], NAME, 'cancel', cancel));
    const frozen = world.submit('court', NAME, 'freeze', { id: 'wr_a', order: ref });
    expect(frozen.code).toBe('state_forbids_command');
  });
});

describe('queries', () => {
  it('list open receipts of a warehouse and say whether a receipt was issued', async () => {
    const world = emptyWorld();
    withLot(world, 'lt_oil', 150n);
    withReceipt(world, 'wr_a', 'lt_oil', 100n);
    withReceipt(world, 'wr_b', 'lt_oil', 50n);
    const cancel = { id: 'wr_b', expectedVersion: 1 };
    accepted(world.agree(['holder', 'keeper'], NAME, 'cancel', cancel));
    const { queries } = await import('./queries.js');
    const run = (name: keyof typeof queries, params: unknown) =>
      queries[name].run(world.reader(), params as never);
    const page = { warehouse: world.id('keeper'), limit: 10 };
    const open = await run('openReceipts', page);
    expect(open.proofRef).toEqual(['warehouse-receipt/receipt/wr_a']);
    const known = await run('verifyReceipt', { id: 'wr_b' });
    expect(known.data).toMatchObject({ issued: true, open: false, state: 'CANCELLED' });
    const forged = await run('verifyReceipt', { id: 'wr_forged' });
    expect(forged.data).toEqual({ issued: false });
    expect(forged.proofRef).toEqual(['warehouse-receipt/receipt/wr_forged']);
  });
});
