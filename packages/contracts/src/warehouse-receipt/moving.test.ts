import { limits } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  accepted,
  barrels,
  emptyWorld,
  establishedWorld,
  liensOn,
  withLot,
  withReceipt,
} from '../pledge-facility/pledgeWorld.js';
import type { World } from '../testkit.js';
import { lots, receipts } from './keys.js';

const NAME = 'warehouse-receipt';

function freeWorld(): World {
  const world = emptyWorld();
  withLot(world, 'lt_oil', 150n);
  withReceipt(world, 'wr_a', 'lt_oil', 100n);
  return world;
}

describe('transfer', () => {
  let world: World;
  const transfer = (extra = {}) => ({
    id: 'wr_a',
    expectedVersion: 1,
    to: world.id('buyer'),
    ...extra,
  });
  const code = (alias: string, extra = {}) =>
    world.submit(alias, NAME, 'transfer', transfer(extra)).code;

  beforeEach(() => {
    world = freeWorld();
  });

  it('Civil Code 910: the holder changes with the keeper’s signature, not before', () => {
    accepted(world.submit('holder', NAME, 'transfer', transfer()));
    accepted(world.countersign('buyer', NAME, 'wr_a'));
    const waiting = world.must(receipts, 'wr_a');
    expect(waiting).toMatchObject({ holder: world.id('holder'), state: 'TRANSFER_PENDING' });
    const outcome = accepted(world.countersign('keeper', NAME, 'wr_a'));
    expect(outcome.events.map((event) => event.type)).toEqual([
      'pending.completed',
      'receipt.transferred',
    ]);
    const moved = world.must(receipts, 'wr_a');
    expect(moved).toMatchObject({ holder: world.id('buyer'), state: 'FREE', version: 2 });
  });

  it('E8: refuses who is not the holder, stale versions and impossible receivers', () => {
    expect(code('holder', { id: 'wr_none' })).toBe('object_not_found');
    expect(code('buyer')).toBe('signer_not_party_to_object');
    expect(code('platform')).toBe('signer_lacks_role');
    expect(code('holder', { expectedVersion: 2 })).toBe('object_version_is_stale');
    expect(code('holder', { to: 'uscc:NOBODY' })).toBe('party_not_active');
    expect(code('holder', { to: world.id('holder') })).toBe('self_transfer_forbidden');
    expect(code('holder', { to: world.id('keeper') })).toBe('issuer_cannot_hold');
  });

  it('lets the others sign only in their turn, and nobody else', () => {
    accepted(world.submit('holder', NAME, 'transfer', transfer()));
    expect(world.countersign('keeper', NAME, 'wr_a').code).toBe('not_your_turn_to_sign');
    expect(world.countersign('bank', NAME, 'wr_a').code).toBe('signer_not_party_to_object');
    expect(code('holder')).toBe('object_has_pending_command');
  });

  it('puts the former record back whole when one of them rejects, or time runs out', () => {
    const before = world.fingerprint();
    const pending = { id: 'wr_a', pendingId: 'transfer-1' };
    accepted(world.submit('holder', NAME, 'transfer', transfer()));
    expect(world.submit('bank', NAME, 'reject', pending).code).toBe('signer_not_party_to_object');
    expect(world.submit('bank', NAME, 'expire_pending', pending).code).toBe('deadline_not_reached');
    accepted(world.submit('buyer', NAME, 'reject', pending));
    const recordOf = (text: string) =>
      text.split('\n').find((line) => line.includes('receipt/wr_a'));
    expect(recordOf(world.fingerprint())).toBe(recordOf(before));
    accepted(world.submit('holder', NAME, 'transfer', transfer()));
    world.advance(limits.pendingMs + 1);
    expect(world.countersign('buyer', NAME, 'wr_a').code).toBe('deadline_has_passed');
    accepted(world.submit('bank', NAME, 'expire_pending', { ...pending, pendingId: 'transfer-2' }));
    expect(recordOf(world.fingerprint())).toBe(recordOf(before));
  });

  it('of a pledged receipt needs the lender, keeps the lien, and never goes to the lender', () => {
    world = establishedWorld();
    const { version } = world.must(receipts, 'wr_oil');
    const to = (alias: string) => ({ id: 'wr_oil', expectedVersion: version, to: world.id(alias) });
    expect(world.submit('holder', NAME, 'transfer', to('bank')).code).toBe('forfeiture_forbidden');
    const before = liensOn(world, 'wr_oil');
    const signers = ['holder', 'bank', 'buyer', 'keeper'];
    accepted(world.agree(signers, NAME, 'transfer', to('buyer')));
    const moved = world.must(receipts, 'wr_oil');
    expect(moved).toMatchObject({ holder: world.id('buyer'), state: 'PLEDGED' });
    expect(liensOn(world, 'wr_oil')).toEqual(before);
  });
});

describe('split', () => {
  let world: World;
  const parts = [
    { id: 'wr_b', quantity: barrels(60n) },
    { id: 'wr_c', quantity: barrels(40n) },
  ];
  const split = (extra = {}) => ({ id: 'wr_a', expectedVersion: 1, parts, ...extra });
  const code = (alias: string, extra = {}) => world.submit(alias, NAME, 'split', split(extra)).code;

  beforeEach(() => {
    world = freeWorld();
  });

  it('replaces a receipt by parts that add up to it', () => {
    const outcome = accepted(world.agree(['holder', 'keeper'], NAME, 'split', split()));
    expect(outcome.events.map((event) => event.type)).toEqual([
      'pending.completed',
      'receipt.issued',
      'receipt.issued',
      'receipt.split',
    ]);
    expect(world.must(receipts, 'wr_a')).toMatchObject({
      state: 'SPLIT',
      children: ['wr_b', 'wr_c'],
    });
    expect(world.must(receipts, 'wr_b')).toMatchObject({ state: 'FREE', parents: ['wr_a'] });
    expect(world.must(lots, 'lt_oil')).toMatchObject({ receipted: barrels(100n), openReceipts: 2 });
    expect(world.submit('holder', NAME, 'split', split({ expectedVersion: 2 })).code).toBe(
      'receipt_not_free',
    );
  });

  it('refuses who is not the holder, used ids, sums that differ and too many receipts', () => {
    expect(code('buyer')).toBe('signer_not_party_to_object');
    expect(code('holder', { id: 'wr_none' })).toBe('object_not_found');
    const [first] = parts;
    expect(code('holder', { parts: [first, first] })).toBe('id_already_exists');
    expect(code('holder', { parts: [first, { ...first, id: 'wr_a' }] })).toBe('id_already_exists');
    const less = { id: 'wr_c', quantity: barrels(39n) };
    expect(code('holder', { parts: [first, less] })).toBe('split_does_not_conserve_quantity');
    const negative = { id: 'wr_c', quantity: barrels(-1n) };
    expect(code('holder', { parts: [first, negative] })).toBe('amount_must_be_positive');
    const pieces = { id: 'wr_c', quantity: barrels(40n), pieces: 1 };
    expect(code('holder', { parts: [first, pieces] })).toBe('split_does_not_conserve_quantity');
    expect(code('holder', { parts: [first] })).toBe('params_are_invalid');
    const lot = world.must(lots, 'lt_oil');
    world.plant(lots, ['lt_oil'], { ...lot, openReceipts: limits.openReceiptsPerLotMax });
    expect(code('holder')).toBe('bound_exceeded');
  });

  it('L5: of a pledged receipt needs the lender, and the lien follows every part', () => {
    world = establishedWorld();
    const { version, lien } = world.must(receipts, 'wr_oil');
    const halves = ['wr_b', 'wr_c'].map((id) => ({ id, quantity: barrels(60_000n) }));
    const params = { id: 'wr_oil', expectedVersion: version, parts: halves };
    accepted(world.agree(['holder', 'bank', 'keeper'], NAME, 'split', params));
    expect(liensOn(world, 'wr_oil')).toEqual([]);
    for (const id of ['wr_b', 'wr_c']) {
      const child = world.must(receipts, id);
      expect(child).toMatchObject({ state: 'PLEDGED', facility: 'pl_oil' });
      expect(liensOn(world, id)).toEqual([child.lien]);
      expect(child.lien).not.toBe(lien);
    }
  });
});

describe('cancel', () => {
  it('leaves the goods in the lot, under no receipt', () => {
    const world = freeWorld();
    const params = { id: 'wr_a', expectedVersion: 1 };
    const code = (alias: string, extra = {}) =>
      world.submit(alias, NAME, 'cancel', { ...params, ...extra }).code;
    expect(code('buyer')).toBe('signer_not_party_to_object');
    expect(code('holder', { id: 'wr_none' })).toBe('object_not_found');
    expect(code('holder', { expectedVersion: 9 })).toBe('object_version_is_stale');
    accepted(world.agree(['holder', 'keeper'], NAME, 'cancel', params));
    expect(world.must(receipts, 'wr_a').state).toBe('CANCELLED');
    const lot = world.must(lots, 'lt_oil');
    expect(lot).toMatchObject({
      onHand: barrels(150n),
      receipted: barrels(0n),
      openReceipts: 0,
    });
    expect(code('holder', { expectedVersion: 2 })).toBe('receipt_not_free');
  });
});
