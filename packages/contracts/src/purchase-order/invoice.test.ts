import {
  type CborMap,
  dayFromText,
  dayFromTime,
  defined,
  type LedgerEvent,
} from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { obligations } from '../payment/keys.js';
import { hashOf } from '../payment/paymentWorld.js';
import type { World } from '../testkit.js';
import { purchaseOrder } from './index.js';
import { invoices, orders } from './keys.js';
import {
  arrive,
  confirmedWorld,
  deliver,
  invoice,
  issue,
  judge,
  line,
  onInvoice,
  orderedWorld,
  orderVersion,
  orderWorld,
  prepare,
  resize,
  ship,
  submit,
} from './orderWorld.js';

describe('register_invoice', () => {
  it('registers once under a fingerprint of folded fields', () => {
    const world = orderedWorld();
    expect(invoice(world, 'in_1', 10n, { number: '２0260 001-ab' }).code).toBe('success');
    expect(world.must(invoices, 'in_1')).toMatchObject({ number: '20260001-AB', flags: [] });
    const spelt = { number: '2026　0001－AB', code: '0440 0190 0111' };
    expect(invoice(world, 'in_2', 10n, spelt).code).toBe('invoice_already_registered');
    const other = { ...spelt, sellerTaxId: '91440300708461136X' };
    expect(invoice(world, 'in_2', 10n, other).code).toBe('invoice_already_registered');
  });

  it('a similar one is flagged and the likeness named', () => {
    const world = orderedWorld();
    invoice(world, 'in_1', 10n);
    const outcome = invoice(world, 'in_2', 10n);
    expect(outcome.code).toBe('success');
    expect(world.must(invoices, 'in_2').flags).toEqual(['DUPLICATE_FINGERPRINT']);
    const similar = eventOf(outcome.events, 'invoice.similar_found').data.similar;
    expect(similar).toEqual([{ kind: 'amount_day', invoices: ['in_1'], count: 1 }]);
    const number = { number: world.must(invoices, 'in_1').number };
    const third = invoice(world, 'in_3', 7n, number);
    expect(eventOf(third.events, 'invoice.similar_found').data.similar).toMatchObject([
      { kind: 'number' },
    ]);
    expect(invoice(world, 'in_4', 3n).events).toHaveLength(1);
  });

  it('refuses in the order of the README', () => {
    const world = orderedWorld();
    invoice(world, 'in_1', 10n);
    const refused = (changes: CborMap, alias = 'seller') =>
      invoice(world, String(changes.id ?? 'in_2'), 20n, changes, alias).code;
    expect(refused({ id: 'in_1' })).toBe('id_already_exists');
    expect(refused({ number: '第7号' })).toBe('invoice_number_malformed');
    expect(refused({ code: 'x'.repeat(41) })).toBe('invoice_number_malformed');
    const tomorrow = dayFromTime(world.nowMs()) + 1;
    expect(refused({ issueDay: tomorrow })).toBe('issue_day_in_future');
    const quantity = { value: 20n, unit: 'C62', scale: 0 };
    const one = { order: 'po_1', lineNo: 1, quantity, amountMinor: 20_000n, taxMinor: 2_600n };
    const lines = (...list: CborMap[]) => refused({ lines: list });
    const many = Array.from({ length: 17 }, (_, i) => ({ ...one, order: `po_x${i}` }));
    expect(lines(...many)).toBe('bound_exceeded');
    expect(lines({ ...one, order: 'po_9' })).toBe('reference_not_found');
    expect(refused({}, 'other')).toBe('signer_not_party_to_object');
    expect(refused({ buyer: world.id('other') })).toBe('invoice_buyer_differs');
    const usd = { amount: { minor: 20_000n, currency: 'USD' } };
    expect(refused(usd)).toBe('currency_does_not_match');
    expect(lines(one, one)).toBe('line_named_twice');
    expect(lines({ ...one, lineNo: 2 })).toBe('line_not_found');
    const stated = (change: CborMap) => lines({ ...one, quantity: { ...quantity, ...change } });
    expect(stated({ unit: 'KGM' })).toBe('unit_does_not_match');
    expect(stated({ scale: 2 })).toBe('quantity_has_too_many_decimals');
    expect(stated({ value: 0n })).toBe('amount_must_be_positive');
    expect(refused({ amount: { minor: 0n, currency: 'CNY' } })).toBe('amount_must_be_positive');
    expect(lines({ ...one, amountMinor: 19_999n })).toBe('lines_do_not_add_up');
    expect(lines({ ...one, taxMinor: 2_599n })).toBe('lines_do_not_add_up');
  });

  it('the order must be concluded, and all orders on one payment term', () => {
    const world = orderedWorld();
    issue(world, { id: 'po_2', paymentTerm: { basis: 'delivery', days: 31 } });
    const quantity = { value: 1n, unit: 'C62', scale: 0 };
    const one = { lineNo: 1, quantity, amountMinor: 500n, taxMinor: 65n };
    const lines = ['po_1', 'po_2'].map((order) => ({ ...one, order }));
    const tax = { minor: 130n, currency: 'CNY' };
    const both = () => invoice(world, 'in_1', 1n, { lines, tax }).code;
    expect(both()).toBe('state_forbids_command');
    submit(world, 'seller', 'accept_order', { id: 'po_2', expectedVersion: 1 });
    expect(both()).toBe('payment_terms_differ');
  });
});

describe('match', () => {
  it('passes what was accepted at its price, and counts it once (O2)', async () => {
    const world = orderedWorld();
    deliver(world, 'dl_1', 60n);
    invoice(world, 'in_1', 60n);
    expect(match(world, 'in_9')).toBe('object_not_found');
    expect(match(world)).toBe('success');
    expect(match(world)).toBe('state_forbids_command');
    expect(world.must(orders, 'po_1').lines[0]).toMatchObject({
      invoiced: 60n,
      invoicedMinor: 67_800n,
    });
    invoice(world, 'in_2', 1n);
    expect(match(world, 'in_2')).toBe('invoice_not_matched');
    expect(match(world, 'in_2', 'carrier')).toBe('invoice_not_matched');
    const { data } = await ask(world, purchaseOrder, 'matchReport', { invoice: 'in_2' });
    const more = { name: 'invoiced_exceeds_delivered', by: 1n, refuses: true };
    expect(data).toMatchObject({ differences: [more, {}, { name: 'price_differs' }] });
  });

  it('names the differences in its report', async () => {
    const world = orderedWorld();
    ship(world, 'dl_1', 60n);
    arrive(world, 'dl_1');
    judge(world, 'dl_1', { accepted: 50n, lost: 10n });
    invoice(world, 'in_1', 70n, { issueDay: dayFromTime(world.nowMs()) - 1 });
    const { data } = await ask(world, purchaseOrder, 'matchReport', { invoice: 'in_1' });
    expect(data).toMatchObject({
      matched: false,
      differences: [
        { name: 'invoiced_exceeds_delivered', by: 20n, refuses: true },
        { name: 'invoiced_exceeds_goods_issued', by: 10n, refuses: true },
        { name: 'goods_issued_exceeds_delivered', by: 10n, refuses: false },
        { name: 'price_differs', by: 22_600n, refuses: true },
        { name: 'invoice_precedes_order', by: 1n, refuses: true },
      ],
    });
    const none = await ask(world, purchaseOrder, 'matchReport', { invoice: 'in_9' });
    expect(none.data).toBeNull();
  });

  it('lets a price difference within the tolerance pass, and names it in the event', () => {
    const world = orderedWorld();
    deliver(world, 'dl_1', 10n);
    expect(priced(world, 'in_1', 101n)).toBe('invoice_not_matched');
    expect(priced(world, 'in_2', 100n)).toBe('success');
  });

  it('a line that was amended away is not delivered', () => {
    const world = orderedWorld({ lines: [line(), line({ lineNo: 2 })] });
    const quantity = { value: 1n, unit: 'C62', scale: 0 };
    const one = { order: 'po_1', lineNo: 2, quantity, amountMinor: 1_000n, taxMinor: 130n };
    invoice(world, 'in_1', 1n, { lines: [one] });
    const terms = { id: 'po_1', expectedVersion: 2, lines: [line()] };
    const paymentTerm = { basis: 'delivery', days: 30 };
    const agreed = world.agree(['buyer', 'seller'], 'purchase-order', 'amend', {
      ...terms,
      paymentTerm,
    });
    expect(agreed.code).toBe('success');
    expect(match(world)).toBe('invoice_not_matched');
  });

  it('an amendment cannot undercut what was invoiced', () => {
    const world = orderedWorld();
    deliver(world, 'dl_1', 60n);
    invoice(world, 'in_1', 60n);
    match(world);
    const unitPrice = { value: 999n, currency: 'CNY', unit: 'C62', scale: 0 };
    const lines = [line({ unitPrice })];
    const params = { id: 'po_1', expectedVersion: orderVersion(world), lines };
    const paymentTerm = { basis: 'delivery', days: 30 };
    expect(submit(world, 'buyer', 'amend', { ...params, paymentTerm }).code).toBe(
      'below_invoiced_amount',
    );
  });
});

describe('confirm_invoice', () => {
  it('opens the obligation in the same transaction', () => {
    const world = orderedWorld();
    deliver(world, 'dl_1', 100n);
    invoice(world, 'in_1', 100n);
    expect(onInvoice(world, 'buyer', 'confirm_invoice').code).toBe('state_forbids_command');
    match(world);
    expect(onInvoice(world, 'seller', 'confirm_invoice').code).toBe('signer_not_party_to_object');
    const stale = onInvoice(world, 'buyer', 'confirm_invoice', { expectedVersion: 1 });
    expect(stale.code).toBe('object_version_is_stale');
    const missing = { id: 'in_9', expectedVersion: 1 };
    expect(submit(world, 'buyer', 'confirm_invoice', missing).code).toBe('object_not_found');
    const outcome = onInvoice(world, 'buyer', 'confirm_invoice');
    expect(outcome.events.map((event) => event.type)).toEqual([
      'invoice.confirmed',
      'obligation.opened',
    ]);
    const { obligation, paymentDueDay, state } = world.must(invoices, 'in_1');
    expect(state).toBe('CONFIRMED');
    expect(world.must(obligations, obligation ?? '')).toMatchObject({
      debtor: world.id('buyer'),
      creditor: world.id('seller'),
      amount: { minor: 113_000n, currency: 'CNY' },
      due: paymentDueDay,
      sourceRef: 'in_1',
    });
  });

  it.each([
    ['large', undefined, 60],
    ['government', undefined, 30],
    ['large', 45, 45],
  ] as const)('SME 9, 10: buyer %s, agreed %s: due %i days after delivery', (size, days, due) => {
    const world = termWorld(size, days === undefined ? {} : { days });
    deliver(world, 'dl_1', 100n);
    const delivered = dayFromTime(world.nowMs());
    world.advance(5 * 86_400_000);
    settle(world);
    expect(world.must(invoices, 'in_1').paymentDueDay).toBe(delivered + due);
  });

  it('acceptance: a buyer that delays accepts when the inspection period ends', () => {
    const world = termWorld('large', { basis: 'acceptance', days: 30, inspectionDays: 7 });
    ship(world, 'dl_1', 100n);
    arrive(world, 'dl_1');
    const arrived = dayFromTime(world.nowMs());
    world.advance(20 * 86_400_000);
    judge(world, 'dl_1', { accepted: 100n });
    settle(world);
    expect(world.must(invoices, 'in_1').paymentDueDay).toBe(arrived + 7 + 30);
  });

  it('confirmation of the settlement counts from the confirmation', () => {
    const world = termWorld('large', { basis: 'settlement_confirmation', days: 30 });
    deliver(world, 'dl_1', 100n);
    invoice(world, 'in_1', 100n);
    match(world);
    world.advance(9 * 86_400_000);
    onInvoice(world, 'buyer', 'confirm_invoice');
    const confirmed = dayFromTime(world.nowMs());
    expect(world.must(invoices, 'in_1')).toMatchObject({
      basisDay: confirmed,
      paymentDueDay: confirmed + 30,
    });
  });

  it('Civil Code 203: a holiday moves the payment day', () => {
    const due = defined(dayFromText('2026-02-04'), 'a date');
    const world = orderWorld({ 'purchase-order': { 'calendar.holidays': [due, due + 1] } });
    prepare(issue(world));
    prepare(submit(world, 'seller', 'accept_order', { id: 'po_1', expectedVersion: 1 }));
    deliver(world, 'dl_1', 100n);
    settle(world);
    expect(world.must(invoices, 'in_1').paymentDueDay).toBe(due + 2);
  });

  it('each invoice starts at the arrival that it draws on, first in first out', () => {
    const world = orderedWorld();
    deliver(world, 'dl_1', 40n);
    const first = dayFromTime(world.nowMs());
    world.advance(10 * 86_400_000);
    deliver(world, 'dl_2', 60n);
    const second = dayFromTime(world.nowMs());
    for (const [id, value, day] of [
      ['in_1', 40n, first],
      ['in_2', 10n, second],
    ] as const) {
      invoice(world, id, value);
      match(world, id);
      onInvoice(world, 'buyer', 'confirm_invoice', { id });
      expect(world.must(invoices, id).paymentDueDay).toBe(day + 30);
    }
  });
});

describe('dispute and resolve', () => {
  it('SME 15: the undisputed part stays payable', () => {
    const world = confirmedWorld();
    expect(onInvoice(world, 'buyer', 'dispute', disputed(13_000n)).code).toBe('success');
    expect(owed(world)).toBe(100_000n);
    const resolve = { creditMinor: 3_000n };
    expect(onInvoice(world, 'seller', 'resolve', resolve).code).toBe('success');
    expect(world.countersign('buyer', 'purchase-order', 'in_1').code).toBe('success');
    expect(owed(world)).toBe(110_000n);
    expect(world.must(invoices, 'in_1')).toMatchObject({
      state: 'CONFIRMED',
      disputedMinor: 0n,
      creditedMinor: 3_000n,
    });
  });

  it('a disputed invoice can be confirmed for the rest', () => {
    const world = orderedWorld();
    deliver(world, 'dl_1', 100n);
    invoice(world, 'in_1', 100n);
    match(world);
    onInvoice(world, 'buyer', 'dispute', disputed(13_000n));
    expect(onInvoice(world, 'buyer', 'confirm_invoice').code).toBe('success');
    expect(owed(world)).toBe(100_000n);
    expect(onInvoice(world, 'buyer', 'confirm_invoice').code).toBe('state_forbids_command');
    agree(world, 'resolve', { creditMinor: 0n });
    expect(owed(world)).toBe(113_000n);
    expect(world.must(invoices, 'in_1').state).toBe('CONFIRMED');
  });

  it('a dispute over all leaves nothing to confirm; upheld, the lines are free again', () => {
    const world = orderedWorld();
    deliver(world, 'dl_1', 100n);
    invoice(world, 'in_1', 100n);
    match(world);
    onInvoice(world, 'buyer', 'dispute', disputed(113_000n));
    expect(onInvoice(world, 'buyer', 'confirm_invoice').code).toBe('nothing_payable');
    agree(world, 'resolve', { creditMinor: 113_000n });
    expect(world.must(invoices, 'in_1').state).toBe('CREDITED');
    expect(world.must(orders, 'po_1').lines[0]).toMatchObject({ invoiced: 0n, invoicedMinor: 0n });
    invoice(world, 'in_2', 100n);
    expect(match(world, 'in_2')).toBe('success');
  });

  it('refuses in the order of the README', () => {
    const world = confirmedWorld();
    const dispute = (alias: string, changes: CborMap) =>
      onInvoice(world, alias, 'dispute', { ...disputed(1n), ...changes }).code;
    const missing = { id: 'in_9', expectedVersion: 1 };
    expect(submit(world, 'buyer', 'dispute', { ...missing, ...disputed(1n) }).code).toBe(
      'object_not_found',
    );
    expect(dispute('seller', {})).toBe('signer_not_party_to_object');
    expect(dispute('buyer', { expectedVersion: 1 })).toBe('object_version_is_stale');
    expect(dispute('buyer', { minor: 0n })).toBe('amount_must_be_positive');
    expect(dispute('buyer', { minor: 113_001n })).toBe('disputed_exceeds_invoice');
    const resolve = (alias: string, changes: CborMap) =>
      onInvoice(world, alias, 'resolve', { creditMinor: 1n, ...changes }).code;
    expect(resolve('buyer', {})).toBe('state_forbids_command');
    expect(dispute('buyer', {})).toBe('success');
    expect(dispute('buyer', {})).toBe('state_forbids_command');
    expect(submit(world, 'buyer', 'resolve', { ...missing, creditMinor: 1n }).code).toBe(
      'object_not_found',
    );
    expect(resolve('other', {})).toBe('signer_not_party_to_object');
    expect(resolve('buyer', { expectedVersion: 1 })).toBe('object_version_is_stale');
    expect(resolve('buyer', { creditMinor: 2n })).toBe('disputed_exceeds_invoice');
  });

  it('what was paid cannot be disputed away', () => {
    const world = confirmedWorld();
    pay(world, 100_000n);
    expect(onInvoice(world, 'buyer', 'dispute', disputed(13_001n)).code).toBe('below_paid_amount');
    expect(onInvoice(world, 'buyer', 'dispute', disputed(13_000n)).code).toBe('success');
    expect(obligationOf(world).state).toBe('PAID');
  });
});

describe('credit_note', () => {
  it('takes a part off, and at last all', () => {
    const world = confirmedWorld();
    expect(credit(world, 'seller', 13_000n)).toBe('success');
    expect(owed(world)).toBe(100_000n);
    expect(world.must(invoices, 'in_1').state).toBe('CONFIRMED');
    expect(credit(world, 'seller', 100_001n)).toBe('credit_exceeds_invoice');
    expect(credit(world, 'seller', 100_000n)).toBe('success');
    expect(world.must(invoices, 'in_1').state).toBe('CREDITED');
    expect(obligationOf(world).state).toBe('CANCELLED');
    expect(credit(world, 'seller', 1n)).toBe('state_forbids_command');
  });

  it('is the seller’s, positive, and never below what was paid', () => {
    const world = confirmedWorld();
    expect(credit(world, 'buyer', 1n)).toBe('signer_not_party_to_object');
    expect(credit(world, 'seller', 0n)).toBe('amount_must_be_positive');
    const stale = onInvoice(world, 'seller', 'credit_note', {
      expectedVersion: 1,
      number: 'CN-1',
      minor: 1n,
    });
    expect(stale.code).toBe('object_version_is_stale');
    const missing = { id: 'in_9', expectedVersion: 1, number: 'CN-1', minor: 1n };
    expect(submit(world, 'seller', 'credit_note', missing).code).toBe('object_not_found');
    pay(world, 113_000n);
    const before = world.fingerprint();
    expect(credit(world, 'seller', 1n)).toBe('below_paid_amount');
    expect(world.fingerprint()).toBe(before);
  });
});

function eventOf(events: readonly LedgerEvent[], type: string): LedgerEvent {
  return defined(
    events.find((event) => event.type === type),
    `no event ${type}`,
  );
}

function match(world: World, id = 'in_1', alias = 'other'): string {
  return submit(world, alias, 'match', { id }).code;
}

/** Registers, matches and confirms `in_1` over 100 pieces. */
function settle(world: World): void {
  prepare(invoice(world, 'in_1', 100n));
  expect(match(world)).toBe('success');
  prepare(onInvoice(world, 'buyer', 'confirm_invoice'));
}

/** An invoice over 10 pieces that is so much too dear; the outcome of its match. */
function priced(world: World, id: string, over: bigint): string {
  const quantity = { value: 10n, unit: 'C62', scale: 0 };
  const minor = 10_000n + over;
  const one = { order: 'po_1', lineNo: 1, quantity, amountMinor: minor, taxMinor: 1_300n };
  const amount = { minor, currency: 'CNY' };
  prepare(invoice(world, id, 10n, { lines: [one], amount }));
  const outcome = submit(world, 'other', 'match', { id });
  if (outcome.number !== 0) return outcome.code;
  expect(eventOf(outcome.events, 'invoice.matched').data.differences).toEqual([
    { name: 'price_differs', order: 'po_1', lineNo: 1, by: over, refuses: false },
  ]);
  return outcome.code;
}

function termWorld(size: 'large' | 'government', term: CborMap): World {
  const world = orderedWorld();
  resize(world, 'buyer', size);
  prepare(issue(world, { id: 'po_2', paymentTerm: { basis: 'delivery', ...term } }));
  const order = world.must(orders, 'po_2');
  world.plant(orders, ['po_1'], { ...order, id: 'po_1', state: 'ACCEPTED', version: 2 });
  return world;
}

function disputed(minor: bigint): CborMap {
  return { minor, reason: 'fifteen bolts are bent' };
}

function agree(world: World, name: string, changes: CborMap): void {
  const { version } = world.must(invoices, 'in_1');
  const params = { id: 'in_1', expectedVersion: version, ...changes };
  prepare(world.agree(['buyer', 'seller'], 'purchase-order', name, params));
}

function credit(world: World, alias: string, minor: bigint): string {
  return onInvoice(world, alias, 'credit_note', { number: 'CN-1', minor }).code;
}

function obligationOf(world: World) {
  return world.must(obligations, world.must(invoices, 'in_1').obligation ?? '');
}

function owed(world: World): bigint {
  return obligationOf(world).amount.minor;
}

function pay(world: World, minor: bigint): void {
  const proof = {
    id: 'pp_1',
    payerBank: world.id('bank'),
    payeeBank: world.id('bank'),
    payer: world.id('buyer'),
    payee: world.id('seller'),
    bankReference: 'REF-1',
    amount: { minor, currency: 'CNY' },
    valueDay: dayFromTime(world.nowMs()),
    payerAccountHash: hashOf('a'),
    payeeAccountHash: hashOf('b'),
    messageHash: hashOf('m'),
  };
  prepare(world.submit('bank', 'payment', 'submit_proof', proof));
  prepare(world.submit('buyer', 'payment', 'allocate', { id: 'pp_1', expectedVersion: 1 }));
}
