import { type CborMap, dayFromTime } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { parties } from '../party-registry/keys.js';
import { purchaseOrder } from './index.js';
import { deliveries, orders } from './keys.js';
import {
  arrive,
  deliver,
  issue,
  judge,
  line,
  orderedWorld,
  orderVersion,
  orderWorld,
  prepare,
  resize,
  ship,
  submit,
} from './orderWorld.js';

describe('issue_order', () => {
  it('the signer is the buyer; size classes are copied (P4)', () => {
    const world = orderWorld();
    resize(world, 'seller', 'micro');
    expect(issue(world).code).toBe('success');
    const order = world.must(orders, 'po_1');
    expect(order).toMatchObject({ buyer: world.id('buyer'), state: 'ISSUED', version: 1 });
    for (const alias of ['buyer', 'seller']) resize(world, alias, 'large');
    const copied = { buyerSizeClass: 'medium', sellerSizeClass: 'micro' };
    expect(world.must(orders, 'po_1')).toMatchObject(copied);
  });

  it('refuses in the order of the README', () => {
    const world = orderWorld();
    issue(world);
    expect(issue(world).code).toBe('id_already_exists');
    const refused = (changes: CborMap) => issue(world, { id: 'po_2', ...changes }).code;
    expect(refused({ seller: world.id('buyer') })).toBe('parties_must_differ');
    expect(refused({ seller: 'dev:nobody' })).toBe('reference_not_found');
    expect(refused({ consignee: 'dev:nobody' })).toBe('reference_not_found');
    expect(refused({ lines: [line(), line()] })).toBe('line_named_twice');
    expect(refused({ currency: 'USD' })).toBe('currency_does_not_match');
    const kilograms = { value: 1n, unit: 'KGM', scale: 0 };
    expect(refused({ lines: [line({ ordered: kilograms })] })).toBe('unit_does_not_match');
    const none = { value: 0n, unit: 'C62', scale: 0 };
    expect(refused({ lines: [line({ ordered: none })] })).toBe('amount_must_be_positive');
    const huge = { value: 2n ** 62n, unit: 'C62', scale: 0 };
    expect(refused({ lines: [line({ ordered: huge })] })).toBe('amount_out_of_range');
    const third = { paymentTerm: { basis: 'third_party_payment' } };
    expect(refused(third)).toBe('pay_when_paid_forbidden');
    expect(refused({ lines: [] })).toBe('params_are_invalid');
  });

  it('a public buyer agrees on 60 days at most; a large one above 60 is flagged', () => {
    const world = orderWorld();
    resize(world, 'buyer', 'government');
    const days = (id: string, count: number) =>
      issue(world, { id, paymentTerm: { basis: 'delivery', days: count } }).code;
    expect(days('po_1', 61)).toBe('payment_term_too_long');
    expect(days('po_1', 60)).toBe('success');
    resize(world, 'buyer', 'large');
    expect(days('po_2', 90)).toBe('success');
    expect(world.must(orders, 'po_2').flags).toEqual(['unusual_payment_term']);
  });

  it('a suspended seller gets no order', () => {
    const world = orderWorld();
    const seller = world.must(parties, world.id('seller'));
    world.plant(parties, [seller.id], { ...seller, state: 'SUSPENDED' });
    expect(issue(world).code).toBe('party_not_active');
  });
});

describe('accept_order and reject_order', () => {
  it('are the seller’s, once', () => {
    const world = orderWorld();
    issue(world);
    issue(world, { id: 'po_2' });
    const answer = (alias: string, name: string, id = 'po_1', expectedVersion = 1) =>
      submit(world, alias, name, { id, expectedVersion }).code;
    for (const name of ['accept_order', 'reject_order']) {
      expect(answer('seller', name, 'po_9')).toBe('object_not_found');
      expect(answer('buyer', name)).toBe('signer_not_party_to_object');
      expect(answer('seller', name, 'po_1', 2)).toBe('object_version_is_stale');
    }
    expect(answer('seller', 'accept_order')).toBe('success');
    expect(answer('seller', 'reject_order', 'po_2')).toBe('success');
    expect(answer('seller', 'accept_order', 'po_2', 2)).toBe('state_forbids_command');
    expect(answer('seller', 'reject_order', 'po_1', 2)).toBe('state_forbids_command');
  });
});

describe('cancel and close_short', () => {
  it('need both signatures, the buyer’s first', () => {
    const world = orderedWorld();
    const params = { id: 'po_1', expectedVersion: 2 };
    expect(submit(world, 'seller', 'cancel', params).code).toBe('signer_not_party_to_object');
    expect(submit(world, 'buyer', 'cancel', params).code).toBe('success');
    expect(world.must(orders, 'po_1').state).toBe('ACCEPTED');
    expect(world.countersign('other', 'purchase-order', 'po_1').code).toBe(
      'signer_not_party_to_object',
    );
    expect(world.countersign('seller', 'purchase-order', 'po_1').code).toBe('success');
    expect(world.must(orders, 'po_1').state).toBe('CANCELLED');
    const again = { ...params, expectedVersion: 3 };
    expect(submit(world, 'buyer', 'cancel', again).code).toBe('state_forbids_command');
    expect(submit(world, 'buyer', 'cancel', { ...params, id: 'po_9' }).code).toBe(
      'object_not_found',
    );
  });

  it('goods that left stop a cancellation; goods on their way stop a closing', () => {
    const world = orderedWorld();
    ship(world, 'dl_1', 40n);
    const end = (name: string) =>
      submit(world, 'buyer', name, { id: 'po_1', expectedVersion: orderVersion(world) }).code;
    expect(submit(world, 'buyer', 'cancel', { id: 'po_1', expectedVersion: 2 }).code).toBe(
      'object_version_is_stale',
    );
    expect(end('cancel')).toBe('already_delivered');
    expect(end('close_short')).toBe('delivery_in_transit');
    arrive(world, 'dl_1');
    judge(world, 'dl_1', { accepted: 30n, rejected: 10n });
    expect(end('close_short')).toBe('success');
    expect(world.countersign('seller', 'purchase-order', 'po_1').code).toBe('success');
    expect(world.must(orders, 'po_1').state).toBe('CLOSED_SHORT');
    expect(ship(world, 'dl_2', 1n).code).toBe('state_forbids_command');
  });

  it('an order whose goods all came back can be cancelled', () => {
    const world = orderedWorld();
    ship(world, 'dl_1', 40n);
    arrive(world, 'dl_1');
    judge(world, 'dl_1', { rejected: 30n, lost: 10n });
    const params = { id: 'po_1', expectedVersion: orderVersion(world) };
    expect(world.agree(['buyer', 'seller'], 'purchase-order', 'cancel', params).code).toBe(
      'success',
    );
  });
});

describe('amend', () => {
  it('either opens, the other signs; what was delivered stands', () => {
    const world = orderedWorld();
    deliver(world, 'dl_1', 60n);
    const amend = (alias: string, changes: CborMap) =>
      submit(world, alias, 'amend', {
        id: 'po_1',
        expectedVersion: orderVersion(world),
        lines: [line()],
        paymentTerm: { basis: 'acceptance', days: 45 },
        ...changes,
      }).code;
    const pieces = (value: bigint) => ({ ordered: { value, unit: 'C62', scale: 0 } });
    expect(amend('buyer', { id: 'po_9' })).toBe('object_not_found');
    expect(amend('other', {})).toBe('signer_not_party_to_object');
    expect(amend('buyer', { expectedVersion: 1 })).toBe('object_version_is_stale');
    expect(amend('buyer', { lines: [line(pieces(59n))] })).toBe('below_delivered_quantity');
    expect(amend('buyer', { lines: [line({ lineNo: 2 })] })).toBe('below_delivered_quantity');
    const tenths = { ordered: { value: 1_000n, unit: 'C62', scale: 1 } };
    expect(amend('buyer', { lines: [line(tenths)] })).toBe('unit_does_not_match');
    const never = { paymentTerm: { basis: 'third_party_payment' } };
    expect(amend('buyer', never)).toBe('pay_when_paid_forbidden');
    const lines = [line(pieces(60n)), line({ lineNo: 2, sku: 'NUT-M8' })];
    expect(amend('seller', { lines })).toBe('success');
    expect(world.countersign('buyer', 'purchase-order', 'po_1').code).toBe('success');
    const order = world.must(orders, 'po_1');
    expect(order.lines.map((one) => [one.ordered.value, one.accepted])).toEqual([
      [60n, 60n],
      [100n, 0n],
    ]);
    expect(order.paymentTerm).toEqual({ basis: 'acceptance', days: 45 });
  });

  it('an order that is not accepted cannot be amended', () => {
    const world = orderWorld();
    issue(world);
    const params = { id: 'po_1', expectedVersion: 1, lines: [line()] };
    const paymentTerm = { basis: 'delivery' };
    expect(submit(world, 'buyer', 'amend', { ...params, paymentTerm }).code).toBe(
      'state_forbids_command',
    );
  });
});

describe('ship', () => {
  it('the seller alone, or with the carrier that takes the goods', () => {
    const world = orderedWorld();
    expect(ship(world, 'dl_1', 50n).code).toBe('success');
    expect(world.must(deliveries, 'dl_1').custodian).toBe(world.id('seller'));
    expect(ship(world, 'dl_2', 50n, { carrier: world.id('carrier') }).code).toBe('success');
    expect(world.read(deliveries, 'dl_2')).toBeUndefined();
    expect(world.countersign('carrier', 'purchase-order', 'dl_2').code).toBe('success');
    expect(world.must(deliveries, 'dl_2').custodian).toBe(world.id('carrier'));
    expect(world.must(orders, 'po_1').lines[0]?.shipped).toBe(100n);
  });

  it('guards hold again at the last signature', () => {
    const world = orderedWorld();
    ship(world, 'dl_1', 60n, { carrier: world.id('carrier') });
    ship(world, 'dl_2', 60n);
    const before = world.fingerprint();
    expect(world.countersign('carrier', 'purchase-order', 'dl_1').code).toBe('over_delivery');
    expect(world.fingerprint()).toBe(before);
  });

  it('refuses in the order of the README', () => {
    const world = orderedWorld();
    prepare(ship(world, 'dl_1', 1n));
    expect(ship(world, 'dl_1', 1n).code).toBe('id_already_exists');
    expect(ship(world, 'dl_2', 1n, { order: 'po_9' }).code).toBe('reference_not_found');
    const quantity = { value: 1n, unit: 'C62', scale: 0 };
    const lines = [{ lineNo: 1, quantity }];
    const foreign = submit(world, 'other', 'ship', { id: 'dl_2', order: 'po_1', lines });
    expect(foreign.code).toBe('signer_not_party_to_object');
    expect(ship(world, 'dl_2', 1n, { carrier: world.id('depot') }).code).toBe('carrier_not_found');
    const twice = { lines: [...lines, ...lines] };
    expect(ship(world, 'dl_2', 1n, twice).code).toBe('line_named_twice');
    expect(ship(world, 'dl_2', 1n, { lines: [{ lineNo: 9, quantity }] }).code).toBe(
      'line_not_found',
    );
    const stated = (change: CborMap) =>
      ship(world, 'dl_2', 1n, { lines: [{ lineNo: 1, quantity: { ...quantity, ...change } }] })
        .code;
    expect(stated({ unit: 'KGM' })).toBe('unit_does_not_match');
    expect(stated({ scale: 1 })).toBe('quantity_has_too_many_decimals');
    expect(stated({ value: 0n })).toBe('amount_must_be_positive');
    expect(stated({ value: 105n })).toBe('over_delivery');
    expect(stated({ value: 104n })).toBe('success');
  });

  it('what was rejected or lost can be sent again without an amended order', () => {
    const world = orderedWorld();
    ship(world, 'dl_1', 105n);
    arrive(world, 'dl_1');
    judge(world, 'dl_1', { accepted: 80n, rejected: 20n, lost: 5n });
    expect(ship(world, 'dl_2', 26n).code).toBe('over_delivery');
    expect(ship(world, 'dl_2', 25n).code).toBe('success');
  });
});

describe('hand_over and accept_delivery', () => {
  it('custody passes by two signatures until the goods are with the buyer', () => {
    const world = orderedWorld();
    ship(world, 'dl_1', 50n, { carrier: world.id('carrier') });
    world.countersign('carrier', 'purchase-order', 'dl_1');
    const next = (aliases: readonly string[], receiver: string, expectedVersion: number) =>
      world.agree(aliases, 'purchase-order', 'hand_over', {
        id: 'dl_1',
        receiver: world.id(receiver),
        expectedVersion,
      }).code;
    expect(next(['seller', 'buyer'], 'buyer', 1)).toBe('signer_not_party_to_object');
    expect(next(['carrier', 'carrier2'], 'carrier2', 1)).toBe('success');
    expect(world.must(deliveries, 'dl_1').state).toBe('IN_TRANSIT');
    expect(next(['carrier2', 'carrier2'], 'carrier2', 2)).toBe('parties_must_differ');
    expect(next(['carrier2', 'buyer'], 'buyer', 1)).toBe('object_version_is_stale');
    expect(next(['carrier2', 'buyer'], 'buyer', 2)).toBe('success');
    expect(world.must(deliveries, 'dl_1')).toMatchObject({ state: 'ARRIVED', version: 3 });
    expect(next(['buyer', 'carrier'], 'carrier', 3)).toBe('state_forbids_command');
  });

  it('the order’s consignee receives for the buyer; the signed day is kept', () => {
    const world = orderedWorld({ consignee: testId('depot') });
    ship(world, 'dl_1', 50n);
    const today = dayFromTime(world.nowMs());
    const hand = (deliveredDay: number) =>
      arrive(world, 'dl_1', { receiver: world.id('depot'), deliveredDay }).code;
    expect(hand(today + 1)).toBe('delivery_day_out_of_range');
    expect(hand(today - 1)).toBe('delivery_day_out_of_range');
    world.advance(3 * 86_400_000);
    const params = { id: 'dl_1', receiver: world.id('depot'), expectedVersion: 1 };
    const chosen = { ...params, deliveredDay: today + 1 };
    const outcome = world.agree(['seller', 'depot'], 'purchase-order', 'hand_over', chosen);
    expect(outcome.code).toBe('success');
    expect(world.must(deliveries, 'dl_1')).toMatchObject({
      state: 'ARRIVED',
      deliveredDay: today + 1,
    });
  });

  it('an unknown receiver, an unknown delivery, too many hashes', () => {
    const world = orderedWorld();
    const hashes = Array.from({ length: 32 }, () => `sha256:${'ab'.repeat(32)}`);
    ship(world, 'dl_1', 50n, { eventHashes: hashes });
    expect(arrive(world, 'dl_1', { receiver: 'dev:nobody' }).code).toBe('party_not_active');
    const one = hashes.slice(0, 1);
    expect(arrive(world, 'dl_1', { eventHashes: one }).code).toBe('bound_exceeded');
    const params = { id: 'dl_9', receiver: world.id('buyer'), expectedVersion: 1 };
    expect(submit(world, 'seller', 'hand_over', params).code).toBe('object_not_found');
    arrive(world, 'dl_1');
    expect(judge(world, 'dl_1', { accepted: 50n }, { eventHashes: one }).code).toBe(
      'bound_exceeded',
    );
  });

  it('the buyer judges each line; the parts add up to what was shipped (O1)', () => {
    const world = orderedWorld();
    ship(world, 'dl_1', 50n);
    expect(judge(world, 'dl_1', { accepted: 50n }).code).toBe('state_forbids_command');
    arrive(world, 'dl_1');
    expect(judge(world, 'dl_1', { accepted: 49n }).code).toBe('quantities_do_not_add_up');
    const stale = { expectedVersion: 1 };
    expect(judge(world, 'dl_1', { accepted: 50n }, stale).code).toBe('object_version_is_stale');
    const parts = { lineNo: 1, unit: 'C62', scale: 0, accepted: 50n, rejected: 0n, lost: 0n };
    const lines = (...list: CborMap[]) => judge(world, 'dl_1', {}, { lines: list }).code;
    expect(lines(parts, parts)).toBe('line_named_twice');
    expect(lines({ ...parts, lineNo: 2 })).toBe('line_not_found');
    expect(lines({ ...parts, unit: 'KGM' })).toBe('unit_does_not_match');
    const foreign = { id: 'dl_1', expectedVersion: 2, lines: [parts] };
    expect(submit(world, 'seller', 'accept_delivery', foreign).code).toBe(
      'signer_not_party_to_object',
    );
    expect(submit(world, 'buyer', 'accept_delivery', { ...foreign, id: 'dl_9' }).code).toBe(
      'object_not_found',
    );
    expect(judge(world, 'dl_1', { accepted: 40n, rejected: 7n, lost: 3n }).code).toBe('success');
    expect(world.must(deliveries, 'dl_1').state).toBe('PARTLY_ACCEPTED');
    expect(world.must(orders, 'po_1').lines[0]).toMatchObject({
      shipped: 50n,
      accepted: 40n,
      rejected: 7n,
      lost: 3n,
    });
  });

  it('a delivery of two lines is judged as a whole', () => {
    const world = orderedWorld({ lines: [line(), line({ lineNo: 2 })] });
    const quantity = { value: 5n, unit: 'C62', scale: 0 };
    const lines = [1, 2].map((lineNo) => ({ lineNo, quantity }));
    ship(world, 'dl_1', 0n, { lines });
    arrive(world, 'dl_1');
    expect(judge(world, 'dl_1', { accepted: 5n }).code).toBe('quantities_do_not_add_up');
  });
});

describe('openLines', () => {
  it('lists the lines of a party that are not wholly delivered', async () => {
    const world = orderedWorld();
    deliver(world, 'dl_1', 60n);
    ship(world, 'dl_2', 10n);
    const open = async (alias: string) =>
      (await ask(world, purchaseOrder, 'openLines', { party: world.id(alias) })).data;
    expect(await open('seller')).toMatchObject({
      items: [{ order: 'po_1', lineNo: 1, accepted: 60n, inTransit: 10n }],
    });
    expect(await open('other')).toEqual({ items: [] });
  });
});

function testId(alias: string): string {
  return orderWorld().id(alias);
}
