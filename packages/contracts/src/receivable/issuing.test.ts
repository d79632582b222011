import { addMonths, type CborMap } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { obligations } from '../payment/keys.js';
import { invoices } from '../purchase-order/keys.js';
import {
  invoice,
  issue as issueOrder,
  onInvoice,
  submit as orderStep,
  prepare,
} from '../purchase-order/orderWorld.js';
import {
  act,
  agreeOn,
  CLAUSE,
  claimWorld,
  confirmedClaim,
  DAY_MS,
  GROSS,
  grant,
  hand,
  issueClaim,
  onClaim,
  today,
  tradedWorld,
} from './claimWorld.js';
import { claims, creditLines, estoppels, roots } from './keys.js';

const agreed = (changes: CborMap = {}) => ({
  paymentTerm: { basis: 'delivery', days: 60 },
  nonCashClause: CLAUSE,
  ...changes,
});
const part = (minor: bigint, id = 'in_1') => [{ invoice: id, minor }];

describe('issue', () => {
  it('makes a claim that waits for the debtor, and reserves its part of the invoice', () => {
    const world = tradedWorld();
    const outcome = issueClaim(world, { invoices: part(40_000n) });
    expect(outcome.events.map((event) => event.type)).toContain('claim.issued');
    expect(world.must(claims, 'rv_1')).toMatchObject({ state: 'PROPOSED', tier: 1 });
    expect(world.must(roots, 'rv_1')).toMatchObject({ creditorSizeClass: 'medium' });
    expect(world.must(invoices, 'in_1')).toMatchObject({ proposedMinor: 40_000n });
    expect(owedOnInvoice(world)).toBe(GROSS);
  });

  it('by the debtor is an offer that the creditor signs', () => {
    const world = tradedWorld();
    const params = { id: 'rv_1', invoices: part(GROSS), maturity: today(world) + 50 };
    expect(world.agree(['buyer', 'seller'], 'receivable', 'issue', params).code).toBe('success');
    expect(world.must(claims, 'rv_1').state).toBe('PROPOSED');
  });

  it('wants matched invoices of one creditor and debtor, each once', () => {
    const world = tradedWorld();
    expect(issueClaim(world, {}, 'third').code).toBe('signer_not_party_to_object');
    expect(issueClaim(world, { invoices: part(1n, 'in_9') }).code).toBe('reference_not_found');
    const twice = [...part(1n), ...part(1n)];
    expect(issueClaim(world, { invoices: twice }).code).toBe('invoice_named_twice');
    prepare(invoice(world, 'in_2', 100n));
    expect(issueClaim(world, { invoices: part(1n, 'in_2') }).code).toBe('invoice_not_matched');
    prepare(issueOrder(world, { id: 'po_x', seller: world.id('buyer') }, 'seller'));
    prepare(orderStep(world, 'buyer', 'accept_order', { id: 'po_x', expectedVersion: 1 }));
    secondMatched(world, 'po_2', 'other');
    const mixed = [...part(1n), ...part(1n, 'in_x2')];
    expect(issueClaim(world, { invoices: mixed }, 'buyer').code).toBe('invoices_differ');
  });

  it('D6: takes at most what is payable and in no other voucher', () => {
    const world = tradedWorld();
    expect(issueClaim(world, { invoices: part(0n) }).code).toBe('amount_must_be_positive');
    const over = { invoices: part(GROSS + 1n) };
    expect(issueClaim(world, over).code).toBe('exceeds_invoice_balance');
    prepare(issueClaim(world, { invoices: part(100_000n) }));
    const rest = { id: 'rv_2', invoices: part(13_001n) };
    expect(issueClaim(world, rest).code).toBe('exceeds_invoice_balance');
    expect(issueClaim(world, { id: 'rv_2', invoices: part(13_000n) }).code).toBe('success');
    expect(issueClaim(world, { id: 'rv_2' }).code).toBe('id_already_exists');
  });

  it('refuses the terms that the law refuses', () => {
    const world = tradedWorld({ size: { seller: 'large' } });
    const in_ = (months: number, more = 0) => addMonths(today(world), months) + more;
    const at = (maturity: number, changes = {}) => issueClaim(world, { maturity, ...changes }).code;
    expect(at(today(world))).toBe('maturity_not_in_future');
    expect(at(in_(12, 1), { longTermReason: 'long works' })).toBe('term_exceeds_one_year');
    expect(at(in_(6, 1))).toBe('long_term_reason_missing');
    expect(at(in_(3), { lateRateBps: 299 })).toBe('late_rate_too_low');
    expect(at(in_(12), { longTermReason: 'long works' })).toBe('success');
    expect(world.must(claims, 'rv_1').flags).toEqual(['term_over_six_months']);
  });

  it('protects a medium, small or micro creditor', () => {
    const bare = tradedWorld({ order: { nonCashClause: undefined } });
    expect(issueClaim(bare).code).toBe('creditor_consent_missing');
    expect(issueClaim(bare, { nonCashClause: CLAUSE }).code).toBe('success');
    const world = tradedWorld();
    const { paymentDueDay = 0 } = world.must(invoices, 'in_1');
    expect(issueClaim(world, { maturity: paymentDueDay + 1 }).code).toBe('extends_payment_term');
    expect(issueClaim(world, { maturity: paymentDueDay }).code).toBe('success');
  });

  it('waits for the settlement from which the term runs', () => {
    const order = { paymentTerm: { basis: 'settlement_confirmation', days: 60 } };
    const world = tradedWorld({ order, confirmed: false });
    expect(issueClaim(world).code).toBe('payment_day_unknown');
    prepare(onInvoice(world, 'buyer', 'confirm_invoice'));
    expect(issueClaim(world).code).toBe('success');
  });

  it('keeps the late interest of voucher or order, else 5 Bps a day', () => {
    const world = tradedWorld();
    prepare(issueClaim(world, { lateRateBps: 450 }));
    expect(world.must(roots, 'rv_1').lateRate).toEqual({ rateBps: 450, dayCount: 365 });
    const agreedOrder = { paymentTerm: { basis: 'delivery', days: 60, lateRateBps: 380 } };
    const second = tradedWorld({ order: agreedOrder });
    prepare(issueClaim(second));
    expect(second.must(roots, 'rv_1').lateRate).toEqual({ rateBps: 380, dayCount: 365 });
    const third = tradedWorld();
    prepare(issueClaim(third));
    expect(third.must(roots, 'rv_1').lateRate).toEqual({ rateBps: 5, dayCount: 1 });
  });
});

describe('set_credit_line', () => {
  it('is the sum of what lenders grant and stays above what is used', () => {
    const world = claimWorld();
    prepare(grant(world, 500n));
    prepare(grant(world, 700n, 'lender2'));
    prepare(grant(world, 300n));
    const line = world.must(creditLines, world.id('buyer'), 'CNY');
    expect(line.grants.map((one) => one.minor)).toEqual([700n, 300n]);
    expect(grant(world, 1n, 'buyer').code).toBe('parties_must_differ');
    expect(grant(world, 1n, 'bank').code).toBe('signer_lacks_role');
    expect(grant(world, -1n).code).toBe('amount_must_be_positive');
    const unknown = { debtor: 'dev:nobody', limit: { minor: 1n, currency: 'CNY' } };
    expect(act(world, 'lender', 'set_credit_line', unknown).code).toBe('reference_not_found');
    expect(grant(confirmedClaim(), GROSS - 1n).code).toBe('below_used_credit');
  });
});

describe('confirm', () => {
  it('is estoppel: the invoice is no longer owed, and nothing takes the record back', () => {
    const world = confirmedClaim();
    expect(world.must(claims, 'rv_1').state).toBe('ACTIVE');
    expect(world.must(estoppels, 'rv_1')).toMatchObject({ face: { minor: GROSS } });
    const { obligation = '' } = world.must(invoices, 'in_1');
    expect(world.must(obligations, obligation).state).toBe('CANCELLED');
    expect(onClaim(world, 'buyer', 'confirm').code).toBe('state_forbids_command');
    const dispute = { minor: 1n, reason: 'bent' };
    expect(onInvoice(world, 'buyer', 'dispute', dispute).code).toBe('below_vouchered_amount');
    const note = { number: 'CN-1', minor: 1n };
    expect(onInvoice(world, 'seller', 'credit_note', note).code).toBe('below_vouchered_amount');
  });

  it('is the debtor’s, within its line, before maturity', () => {
    const world = tradedWorld();
    prepare(issueClaim(world));
    expect(onClaim(world, 'seller', 'confirm').code).toBe('signer_not_party_to_object');
    const stale = { id: 'rv_1', expectedVersion: 9 };
    expect(act(world, 'buyer', 'confirm', stale).code).toBe('object_version_is_stale');
    expect(act(world, 'buyer', 'confirm', { ...stale, id: 'rv_9' }).code).toBe('object_not_found');
    prepare(grant(world, GROSS - 1n));
    expect(onClaim(world, 'buyer', 'confirm').code).toBe('exceeds_credit_line');
    prepare(grant(world, GROSS));
    world.advance(50 * DAY_MS);
    expect(onClaim(world, 'buyer', 'confirm').code).toBe('deadline_has_passed');
  });

  it('D5: all that is confirmed counts against the line', () => {
    const world = tradedWorld();
    prepare(issueClaim(world, { invoices: part(100_000n) }));
    prepare(issueClaim(world, { id: 'rv_2', invoices: part(13_000n) }));
    prepare(grant(world, GROSS - 1n));
    const confirm = (id: string) => act(world, 'buyer', 'confirm', { id, expectedVersion: 1 }).code;
    expect(confirm('rv_1')).toBe('success');
    expect(confirm('rv_2')).toBe('exceeds_credit_line');
    prepare(grant(world, GROSS));
    expect(confirm('rv_2')).toBe('success');
  });

  it('looks again at what is left of the invoice', () => {
    const world = tradedWorld();
    prepare(issueClaim(world));
    prepare(onInvoice(world, 'buyer', 'dispute', { minor: 10n, reason: 'bent' }));
    expect(onClaim(world, 'buyer', 'confirm').code).toBe('exceeds_invoice_balance');
    prepare(
      world.agree(['seller', 'buyer'], 'purchase-order', 'resolve', {
        id: 'in_1',
        expectedVersion: world.must(invoices, 'in_1').version,
        creditMinor: 0n,
      }),
    );
    expect(onClaim(world, 'buyer', 'confirm').code).toBe('success');
  });

  it('late by more than 30 days is marked, by anyone or by itself', () => {
    const world = tradedWorld();
    prepare(issueClaim(world));
    const flag = () => act(world, 'third', 'flag_late_confirm', { id: 'rv_1' }).code;
    world.advance(30 * DAY_MS - 60_000);
    expect(flag()).toBe('deadline_not_reached');
    world.advance(DAY_MS);
    expect(flag()).toBe('success');
    expect(flag()).toBe('flag_already_raised');
    const silent = tradedWorld();
    prepare(issueClaim(silent));
    silent.advance(31 * DAY_MS);
    prepare(onClaim(silent, 'buyer', 'confirm'));
    expect(silent.must(claims, 'rv_1').flags).toContain('LATE_CONFIRM');
  });
});

describe('cancel', () => {
  it('by creditor and debtor gives the invoice back', () => {
    const world = confirmedClaim();
    expect(agreeOn(world, ['seller', 'buyer'], 'cancel').code).toBe('success');
    expect(world.must(claims, 'rv_1').state).toBe('CANCELLED');
    expect(world.must(roots, 'rv_1').cancelledMinor).toBe(GROSS);
    expect(world.must(creditLines, world.id('buyer'), 'CNY').usedMinor).toBe(0n);
    expect(owedOnInvoice(world)).toBe(GROSS);
    expect(world.must(estoppels, 'rv_1').root).toBe('rv_1');
  });

  it('of a proposal frees what it reserved', () => {
    const world = tradedWorld();
    prepare(issueClaim(world));
    prepare(agreeOn(world, ['seller', 'buyer'], 'cancel'));
    expect(world.must(invoices, 'in_1').proposedMinor).toBe(0n);
    expect(issueClaim(world, { id: 'rv_2' }).code).toBe('success');
  });

  it('is not for a claim of which a part has moved, nor for its debtor to open', () => {
    const world = confirmedClaim();
    expect(onClaim(world, 'buyer', 'cancel').code).toBe('signer_not_party_to_object');
    const parts = [
      { id: 'rv_a', minor: 13_000n },
      { id: 'rv_b', minor: 100_000n },
    ];
    prepare(onClaim(world, 'seller', 'split', { parts }));
    prepare(hand(world, ['seller', 'other'], { id: 'rv_b' }));
    expect(onClaim(world, 'seller', 'cancel', { id: 'rv_a' }).code).toBe('claim_has_moved');
  });

  it('gives several invoices back in the order in which they were taken', () => {
    const world = tradedWorld();
    secondMatched(world, 'po_2', 'seller');
    const invoicesOf = [...part(GROSS), ...part(10_000n, 'in_x2')];
    prepare(issueClaim(world, { invoices: invoicesOf }));
    prepare(onClaim(world, 'buyer', 'confirm'));
    const parts = [
      { id: 'rv_a', minor: GROSS + 4_000n },
      { id: 'rv_b', minor: 6_000n },
    ];
    prepare(onClaim(world, 'seller', 'split', { parts }));
    prepare(agreeOn(world, ['seller', 'buyer'], 'cancel', { id: 'rv_a' }));
    expect(world.must(invoices, 'in_1').voucheredMinor).toBe(0n);
    expect(world.must(invoices, 'in_x2').voucheredMinor).toBe(6_000n);
    prepare(agreeOn(world, ['seller', 'buyer'], 'cancel', { id: 'rv_b' }));
    expect(world.must(invoices, 'in_x2').voucheredMinor).toBe(0n);
  });
});

type World = ReturnType<typeof tradedWorld>;

function owedOnInvoice(world: World): bigint {
  const { obligation = '' } = world.must(invoices, 'in_1');
  return world.must(obligations, obligation).amount.minor;
}

/** Another delivered order of the buyer with a matched invoice `in_<order>` over 100 pieces. */
function secondMatched(world: World, order: string, seller: string): void {
  prepare(issueOrder(world, { id: order, seller: world.id(seller), ...agreed() }));
  prepare(orderStep(world, seller, 'accept_order', { id: order, expectedVersion: 1 }));
  const quantity = { value: 100n, unit: 'C62', scale: 0 };
  const dl = 'dl_x2';
  prepare(orderStep(world, seller, 'ship', { id: dl, order, lines: [{ lineNo: 1, quantity }] }));
  const receiver = world.id('buyer');
  const handed = { id: dl, receiver, expectedVersion: 1 };
  prepare(world.agree([seller, 'buyer'], 'purchase-order', 'hand_over', handed));
  const judged = { lineNo: 1, unit: 'C62', scale: 0, accepted: 100n, rejected: 0n, lost: 0n };
  const lines = [judged];
  prepare(orderStep(world, 'buyer', 'accept_delivery', { id: dl, expectedVersion: 2, lines }));
  const only = { order, lineNo: 1, quantity, amountMinor: 100_000n, taxMinor: 13_000n };
  prepare(invoice(world, 'in_x2', 100n, { number: 'N2', lines: [only] }, seller));
  prepare(orderStep(world, 'third', 'match', { id: 'in_x2' }));
}
