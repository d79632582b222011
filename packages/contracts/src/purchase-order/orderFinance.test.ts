import type { CborMap } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { brokenInvariants } from '../invariant.js';
import { claimants, stages } from '../lien/keys.js';
import {
  agreeFinance,
  CLAUSE,
  claimWorld,
  grant,
  hand,
  issueClaim,
  onClaim,
  relate,
  tradeBetween,
} from '../receivable/claimWorld.js';
import type { World } from '../testkit.js';
import { purchaseOrder } from './index.js';
import { invariants } from './invariants.js';
import { invoices, orders } from './keys.js';
import {
  deliver,
  invoice,
  issue,
  line,
  onInvoice,
  orderVersion,
  prepare,
  submit,
} from './orderWorld.js';

describe('finance_order', () => {
  it('is offered by a lender and signed by the seller; the goods are held (L2)', () => {
    const world = ordered();
    expect(finance(world, 60n).code).toBe('success');
    const { finance: held } = world.must(orders, 'po_1');
    expect(held).toMatchObject({ lender: world.id('lender') });
    expect(world.must(stages, 'po_1.1').parts[0]).toMatchObject({
      value: 100n,
      claims: [{ by: held?.id, value: 60n }],
    });
  });

  it('refuses in the order of the README', () => {
    const world = ordered();
    const offer = (changes: CborMap, alias = 'lender') =>
      submit(world, alias, 'finance_order', { ...terms(world, 60n), ...changes }).code;
    expect(offer({ id: 'po_9' })).toBe('object_not_found');
    expect(offer({}, 'bank')).toBe('signer_lacks_role');
    expect(offer({}, 'buyer')).toBe('parties_must_differ');
    expect(offer({}, 'seller')).toBe('parties_must_differ');
    expect(offer({ expectedVersion: 9 })).toBe('object_version_is_stale');
    expect(offer({ advance: { minor: 1n, currency: 'USD' } })).toBe('currency_does_not_match');
    expect(offer({ advance: { minor: 0n, currency: 'CNY' } })).toBe('amount_must_be_positive');
    const [one] = terms(world, 60n).lines;
    expect(offer({ lines: [one ?? {}, one ?? {}] })).toBe('line_named_twice');
    expect(offer({ lines: [{ ...one, lineNo: 2 }] })).toBe('line_not_found');
    expect(offer(terms(world, 101n))).toBe('exceeds_open_quantity');
    prepare(finance(world, 60n));
    expect(offer(terms(world, 40n), 'lender2')).toBe('already_financed');
  });

  it('is for what is not delivered yet', () => {
    const world = ordered();
    deliver(world, 'dl_1', 30n);
    expect(finance(world, 71n).code).toBe('exceeds_open_quantity');
    expect(finance(world, 70n).code).toBe('success');
  });

  it('keeps the order from being called off, and its lender signs amendments', () => {
    const world = ordered();
    prepare(finance(world, 60n));
    const change = { id: 'po_1', expectedVersion: orderVersion(world) };
    expect(submit(world, 'buyer', 'cancel', change).code).toBe('order_is_financed');
    expect(submit(world, 'buyer', 'close_short', change).code).toBe('order_is_financed');
    const paymentTerm = { basis: 'delivery', days: 45 };
    const more = { ...line(), ordered: { value: 120n, unit: 'C62', scale: 0 } };
    const params = { ...change, lines: [more], paymentTerm };
    const two = world.agree(['buyer', 'seller'], 'purchase-order', 'amend', params);
    expect(two.code).toBe('success');
    expect(world.must(orders, 'po_1').paymentTerm.days).toBe(60);
    prepare(world.countersign('lender', 'purchase-order', 'po_1'));
    expect(world.must(orders, 'po_1').paymentTerm.days).toBe(45);
    expect(world.must(stages, 'po_1.1').parts[0]?.value).toBe(120n);
  });

  it('ends by its lender’s word', () => {
    const world = ordered();
    const change = () => ({ id: 'po_1', expectedVersion: orderVersion(world) });
    const end = (alias: string) => submit(world, alias, 'end_order_finance', change()).code;
    expect(end('lender')).toBe('order_is_not_financed');
    prepare(finance(world, 60n));
    const by = world.must(orders, 'po_1').finance?.id ?? '';
    expect(end('lender2')).toBe('signer_not_party_to_object');
    expect(end('lender')).toBe('success');
    expect(world.must(claimants, by).state).toBe('RELEASED');
    expect(finance(world, 100n, 'lender2').code).toBe('success');
  });

  it('O3: turns into finance of the receivable, and nobody else finances that quantity', () => {
    const world = ordered();
    prepare(finance(world, 100n));
    deliver(world, 'dl_1', 100n);
    prepare(invoice(world, 'in_1', 100n));
    prepare(submit(world, 'other', 'match', { id: 'in_1' }));
    prepare(onInvoice(world, 'buyer', 'confirm_invoice'));
    prepare(issueClaim(world));
    prepare(onClaim(world, 'buyer', 'confirm'));
    const other = agreeFinance(world, {}, ['lender2', 'seller']);
    expect(other.code).toBe('already_financed');
    expect(hand(world, ['seller', 'other']).code).toBe('claim_is_encumbered');
    expect(agreeFinance(world).code).toBe('success');
    const claims = world.must(stages, 'po_1.1').parts.flatMap((part) => part.claims);
    expect(claims.map((one) => one.value)).toEqual([100n]);
    expect(claims[0]?.by).not.toBe(world.must(orders, 'po_1').finance?.id);
    expect(brokenInvariants(invariants, world)).toEqual([]);
  });
});

describe('late interest and vouchers', () => {
  it('an agreed rate below the LPR is refused, at issue and amendment', () => {
    const world = claimWorld();
    const low = { paymentTerm: { basis: 'delivery', days: 60, lateRateBps: 299 } };
    expect(issue(world, low).code).toBe('late_rate_too_low');
    const set = { 'purchase-order': { oneYearLprBps: 350 } };
    const dear = claimWorld(set);
    const at = (lateRateBps: number) => ({ ...low.paymentTerm, lateRateBps });
    expect(issue(dear, { paymentTerm: at(349) }).code).toBe('late_rate_too_low');
    expect(issue(dear, { paymentTerm: at(350) }).code).toBe('success');
  });

  it('a credit note stays above what vouchers take, proposed ones too', () => {
    const world = ordered();
    deliver(world, 'dl_1', 100n);
    prepare(invoice(world, 'in_1', 100n));
    prepare(submit(world, 'other', 'match', { id: 'in_1' }));
    prepare(onInvoice(world, 'buyer', 'confirm_invoice'));
    prepare(issueClaim(world, { invoices: [{ invoice: 'in_1', minor: 100_000n }] }));
    const note = (minor: bigint) =>
      onInvoice(world, 'seller', 'credit_note', { number: 'C', minor });
    expect(note(13_001n).code).toBe('below_vouchered_amount');
    expect(note(13_000n).code).toBe('success');
    const dispute = { minor: 1_000n, reason: 'bent' };
    expect(onInvoice(world, 'buyer', 'dispute', dispute).code).toBe('success');
    expect(world.must(invoices, 'in_1').proposedMinor).toBe(100_000n);
  });
});

describe('what is derived from sums', () => {
  it('says how far order and invoice are', async () => {
    const world = ordered();
    const states = async () => {
      const order = await ask(world, purchaseOrder, 'standing', { order: 'po_1' });
      return (order.data as { states: string[] }).states;
    };
    expect(await states()).toEqual(['ACCEPTED']);
    deliver(world, 'dl_1', 40n);
    expect(await states()).toEqual(['ACCEPTED', 'PARTLY_DELIVERED']);
    deliver(world, 'dl_2', 60n);
    prepare(invoice(world, 'in_1', 100n));
    prepare(submit(world, 'other', 'match', { id: 'in_1' }));
    expect(await states()).toEqual(['ACCEPTED', 'DELIVERED', 'INVOICED']);
    prepare(issueClaim(world));
    prepare(onClaim(world, 'buyer', 'confirm'));
    expect(await states()).toEqual(['ACCEPTED', 'DELIVERED', 'INVOICED', 'SETTLED']);
    const one = await ask(world, purchaseOrder, 'invoiceStanding', { invoice: 'in_1' });
    expect(one.data).toMatchObject({ states: ['MATCHED', 'VOUCHERED', 'SETTLED'] });
  });
});

describe('circles of trade', () => {
  it('are marked when the ware comes back by sales and relations, not by relations alone', () => {
    const world = claimWorld();
    tradeBetween(world, 'po_a', 'other', 'seller');
    tradeBetween(world, 'po_b', 'third', 'other');
    expect(world.must(orders, 'po_b').flags).toEqual([]);
    relate(world, 'third', 'depot');
    tradeBetween(world, 'po_c', 'seller', 'depot');
    expect(world.must(orders, 'po_c').flags).toEqual(['CIRCULAR_TRADE']);
    relate(world, 'carrier', 'lender');
    tradeBetween(world, 'po_d', 'lender', 'carrier');
    expect(world.must(orders, 'po_d').flags).toEqual([]);
  });

  it('are not seen when they are older than the parameter says, or of another ware', () => {
    const world = claimWorld();
    tradeBetween(world, 'po_a', 'other', 'seller');
    const ware = { lines: [line({ sku: 'NUT-M8' })], seller: world.id('other') };
    prepare(issue(world, { id: 'po_b', ...ware }, 'seller'));
    prepare(submit(world, 'other', 'accept_order', { id: 'po_b', expectedVersion: 1 }));
    expect(world.must(orders, 'po_b').flags).toEqual([]);
    world.advance(92 * 86_400_000);
    tradeBetween(world, 'po_c', 'seller', 'other');
    expect(world.must(orders, 'po_c').flags).toEqual([]);
  });
});

function ordered(): World {
  const world = claimWorld();
  const paymentTerm = { basis: 'delivery', days: 60 };
  prepare(issue(world, { paymentTerm, nonCashClause: CLAUSE }));
  prepare(submit(world, 'seller', 'accept_order', { id: 'po_1', expectedVersion: 1 }));
  prepare(grant(world, 10_000_000n));
  return world;
}

function terms(world: World, value: bigint) {
  const quantity = { value, unit: 'C62', scale: 0 };
  const advance = { minor: 50_000n, currency: 'CNY' };
  return {
    id: 'po_1',
    expectedVersion: orderVersion(world),
    advance,
    lines: [{ lineNo: 1, quantity }],
  };
}

function finance(world: World, value: bigint, lender = 'lender') {
  return world.agree([lender, 'seller'], 'purchase-order', 'finance_order', terms(world, value));
}
