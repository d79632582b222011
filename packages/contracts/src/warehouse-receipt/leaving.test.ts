import { beforeEach, describe, expect, it } from 'vitest';
import {
  accepted,
  barrels,
  digestOf,
  draw,
  emptyWorld,
  establishedWorld,
  HOUR_MS,
  liensOn,
  ref,
  withLot,
  withReceipt,
} from '../pledge-facility/pledgeWorld.js';
import type { World } from '../testkit.js';
import { lots, receipts, slotUses, tokens } from './keys.js';

const NAME = 'warehouse-receipt';
let world: World;

const withdraw = (extra = {}) => ({
  id: 'wr_a',
  expectedVersion: 1,
  quantity: barrels(30n),
  vehicle: 'ZHE-B 12345',
  driverRef: digestOf('driver'),
  validTo: world.nowMs() + HOUR_MS,
  ...extra,
});
const gateOut = (extra = {}) => ({
  id: 'wr_a',
  token: 1,
  weighed: barrels(30n),
  weighing: digestOf('out'),
  ...extra,
});
const code = (alias: string, name: string, params: object) =>
  world.submit(alias, NAME, name, params as never).code;

beforeEach(() => {
  world = emptyWorld();
  withLot(world, 'lt_oil', 100n);
  withReceipt(world, 'wr_a', 'lt_oil', 100n);
});

describe('withdraw', () => {
  it('E5: issues a single-use token with the keeper’s signature', () => {
    const outcome = accepted(world.agree(['holder', 'keeper'], NAME, 'withdraw', withdraw()));
    const opened = outcome.events.find((event) => event.type === 'receipt.withdrawal_opened');
    expect(opened?.data).toMatchObject({ version: 2, state: 'WITHDRAWING', token: 1 });
    expect(world.must(tokens, 'wr_a', '1')).toMatchObject({
      quantity: barrels(30n),
      state: 'VALID',
    });
    expect(
      code('holder', 'transfer', { id: 'wr_a', expectedVersion: 2, to: world.id('buyer') }),
    ).toBe('receipt_not_free');
  });

  it('refuses strangers, more than there is, and a token that is over before it begins', () => {
    expect(code('holder', 'withdraw', withdraw({ id: 'wr_none' }))).toBe('object_not_found');
    expect(code('buyer', 'withdraw', withdraw())).toBe('signer_not_party_to_object');
    expect(code('holder', 'withdraw', withdraw({ expectedVersion: 3 }))).toBe(
      'object_version_is_stale',
    );
    expect(code('holder', 'withdraw', withdraw({ quantity: barrels(101n) }))).toBe(
      'quantity_exceeds_receipt',
    );
    expect(code('holder', 'withdraw', withdraw({ pieces: 1 }))).toBe('quantity_exceeds_receipt');
    expect(code('holder', 'withdraw', withdraw({ quantity: barrels(0n) }))).toBe(
      'amount_must_be_positive',
    );
    expect(code('holder', 'withdraw', withdraw({ validTo: 1 }))).toBe('deadline_has_passed');
  });

  it('of pledged goods needs the lender and keeps the debt covered', () => {
    world = establishedWorld();
    const part = (value: bigint) =>
      withdraw({ id: 'wr_oil', expectedVersion: 2, quantity: barrels(value) });
    accepted(draw(world, 300_000_000n));
    expect(code('holder', 'withdraw', part(60_000n))).toBe('release_would_breach_ltv');
    const signers = ['holder', 'bank', 'keeper'];
    accepted(world.agree(signers, NAME, 'withdraw', part(30_000n)));
    const out = { ...gateOut(), id: 'wr_oil', weighed: barrels(30_000n) };
    expect(code('keeper', 'gate_out', out)).toBe('success');
    expect(world.must(receipts, 'wr_oil')).toMatchObject({
      state: 'PLEDGED',
      quantity: barrels(90_000n),
    });
    expect(liensOn(world, 'wr_oil')).toHaveLength(1);
  });

  it('of all pledged goods ends the lien when they have left', () => {
    world = establishedWorld();
    const all = withdraw({ id: 'wr_oil', expectedVersion: 2, quantity: barrels(120_000n) });
    accepted(world.agree(['holder', 'bank', 'keeper'], NAME, 'withdraw', all));
    expect(liensOn(world, 'wr_oil')).toHaveLength(1);
    const out = { ...gateOut(), id: 'wr_oil', weighed: barrels(120_000n) };
    expect(code('keeper', 'gate_out', out)).toBe('success');
    expect(world.must(receipts, 'wr_oil').state).toBe('DELIVERED');
    expect(liensOn(world, 'wr_oil')).toEqual([]);
  });
});

describe('state_fee', () => {
  const fee = (minor: bigint, extra = {}) => ({
    id: 'wr_a',
    due: { minor, currency: 'CNY' },
    ...extra,
  });

  it('keeps goods and receipt together while the keeper says that a fee is due', () => {
    expect(code('keeper', 'state_fee', fee(500n))).toBe('success');
    const now = { expectedVersion: 2 };
    expect(code('holder', 'withdraw', withdraw(now))).toBe('storage_fee_due');
    const parts = ['wr_b', 'wr_c'].map((id) => ({ id, quantity: barrels(50n) }));
    expect(code('holder', 'split', { id: 'wr_a', ...now, parts })).toBe('storage_fee_due');
    expect(code('keeper', 'state_fee', fee(0n))).toBe('success');
    expect(code('holder', 'withdraw', withdraw({ expectedVersion: 3 }))).toBe('success');
  });

  it('refuses what it must', () => {
    expect(code('keeper', 'state_fee', fee(1n, { id: 'wr_none' }))).toBe('object_not_found');
    expect(code('holder', 'state_fee', fee(1n))).toBe('signer_lacks_role');
    expect(code('keeper2', 'state_fee', fee(1n))).toBe('signer_not_party_to_object');
    const dollars = { due: { minor: 1n, currency: 'USD' } };
    expect(code('keeper', 'state_fee', fee(1n, dollars))).toBe('currency_does_not_match');
    expect(code('keeper', 'state_fee', fee(-1n))).toBe('amount_must_be_positive');
    accepted(world.submit('holder', NAME, 'withdraw', withdraw()));
    expect(code('keeper', 'state_fee', fee(1n))).toBe('object_has_pending_command');
    accepted(world.submit('keeper', NAME, 'reject', { id: 'wr_a', pendingId: 'withdraw-1' }));
    accepted(world.agree(['holder', 'keeper'], NAME, 'cancel', { id: 'wr_a', expectedVersion: 1 }));
    expect(code('keeper', 'state_fee', fee(1n))).toBe('state_forbids_command');
  });
});

describe('gate_out', () => {
  it('lets the token’s quantity leave once, and no other', () => {
    expect(code('keeper', 'gate_out', gateOut())).toBe('release_token_missing');
    accepted(world.agree(['holder', 'keeper'], NAME, 'withdraw', withdraw()));
    expect(code('keeper', 'gate_out', gateOut({ id: 'wr_none' }))).toBe('object_not_found');
    expect(code('keeper2', 'gate_out', gateOut())).toBe('signer_not_party_to_object');
    expect(code('holder', 'gate_out', gateOut())).toBe('signer_lacks_role');
    expect(code('keeper', 'gate_out', gateOut({ token: 2 }))).toBe('release_token_missing');
    expect(code('keeper', 'gate_out', gateOut({ weighed: barrels(31n) }))).toBe(
      'gate_quantity_differs',
    );
    const reused = gateOut({ weighing: digestOf('in lt_oil') });
    expect(code('keeper', 'gate_out', reused)).toBe('weighing_already_used');
    expect(code('keeper', 'gate_out', gateOut())).toBe('success');
    expect(code('keeper', 'gate_out', gateOut())).toBe('release_token_used');
    expect(world.must(receipts, 'wr_a')).toMatchObject({ state: 'FREE', quantity: barrels(70n) });
    expect(world.must(lots, 'lt_oil')).toMatchObject({
      onHand: barrels(70n),
      receipted: barrels(70n),
      openReceipts: 1,
    });
  });

  it('closes the receipt and gives the slots back when all has left', () => {
    const more = {
      id: 'lt_oil',
      quantity: barrels(1n),
      slots: ['tank:T-07'],
      weighing: digestOf('more'),
    };
    accepted(world.submit('keeper', NAME, 'gate_in', more));
    withReceipt(world, 'wr_b', 'lt_oil', 1n);
    const last = withdraw({ id: 'wr_b', quantity: barrels(1n) });
    const all = withdraw({ quantity: barrels(100n) });
    accepted(world.agree(['holder', 'keeper'], NAME, 'withdraw', all));
    accepted(world.agree(['holder', 'keeper'], NAME, 'withdraw', last));
    accepted(world.submit('keeper', NAME, 'gate_out', gateOut({ weighed: barrels(100n) })));
    expect(world.must(slotUses, 'tank:T-07').lot).toBe('lt_oil');
    const out = gateOut({ id: 'wr_b', weighed: barrels(1n), weighing: digestOf('last') });
    accepted(world.submit('keeper', NAME, 'gate_out', out));
    expect(world.must(receipts, 'wr_b').state).toBe('DELIVERED');
    expect(world.must(lots, 'lt_oil')).toMatchObject({ onHand: barrels(0n), openReceipts: 0 });
    expect(world.read(slotUses, 'tank:T-07')).toBeUndefined();
  });

  it('opens for no token past its time, nor for frozen goods', () => {
    accepted(world.agree(['holder', 'keeper'], NAME, 'withdraw', withdraw()));
    accepted(world.submit('court', NAME, 'freeze', { id: 'wr_a', order: ref }));
    expect(code('keeper', 'gate_out', gateOut())).toBe('object_is_frozen');
    expect(code('stranger', 'expire_token', { id: 'wr_a', token: 1 })).toBe('object_is_frozen');
    accepted(world.submit('court', NAME, 'unfreeze', { id: 'wr_a', order: ref }));
    world.advance(2 * HOUR_MS);
    expect(code('keeper', 'gate_out', gateOut())).toBe('deadline_has_passed');
  });
});

describe('expire_token', () => {
  it('puts the receipt back once the token’s time is over, by anyone', () => {
    const expire = { id: 'wr_a', token: 1 };
    expect(code('stranger', 'expire_token', { ...expire, id: 'wr_none' })).toBe('object_not_found');
    expect(code('stranger', 'expire_token', expire)).toBe('release_token_missing');
    accepted(world.agree(['holder', 'keeper'], NAME, 'withdraw', withdraw()));
    expect(code('stranger', 'expire_token', expire)).toBe('deadline_not_reached');
    world.advance(2 * HOUR_MS);
    expect(code('stranger', 'expire_token', expire)).toBe('success');
    expect(world.must(receipts, 'wr_a')).toMatchObject({ state: 'FREE', quantity: barrels(100n) });
    expect(code('stranger', 'expire_token', expire)).toBe('release_token_missing');
    expect(code('keeper', 'gate_out', gateOut())).toBe('release_token_missing');
  });

  it('does not touch a token that was used', () => {
    accepted(world.agree(['holder', 'keeper'], NAME, 'withdraw', withdraw()));
    accepted(world.submit('keeper', NAME, 'gate_out', gateOut()));
    expect(code('stranger', 'expire_token', { id: 'wr_a', token: 1 })).toBe('release_token_used');
  });
});

describe('releaseTokens', () => {
  it('lists tokens, newest first', async () => {
    accepted(world.agree(['holder', 'keeper'], NAME, 'withdraw', withdraw()));
    accepted(world.submit('keeper', NAME, 'gate_out', gateOut()));
    const next = withdraw({ expectedVersion: 3 });
    accepted(world.agree(['holder', 'keeper'], NAME, 'withdraw', next));
    const { queries } = await import('./queries.js');
    const answer = await queries.releaseTokens.run(world.reader(), { id: 'wr_a' } as never);
    expect(answer.data).toMatchObject([{ number: 2 }, { number: 1 }]);
    expect(answer.proofRef).toEqual([
      'warehouse-receipt/token/wr_a/2',
      'warehouse-receipt/token/wr_a/1',
    ]);
  });
});
