import { receivable } from '@triflow/contracts';
import { claims, invoices, liens, orders } from '@triflow/contracts/schemas';
import { ask } from '@triflow/contracts/testkit/ask';
import {
  act,
  confirmedClaim,
  debtOf,
  financedClaim,
  GROSS,
  hand,
  issueClaim,
  matured,
  ORDER_REF,
  onClaim,
  pledgedClaim,
  tradedWorld,
} from '@triflow/contracts/testkit/claims';
import { line, onInvoice, prepare } from '@triflow/contracts/testkit/orders';
import { describe, expect, it } from 'vitest';

describe('Interp. 61(1); CI 49 confirmed debt', () => {
  it('"it never existed" is not heard from a debtor that confirmed', async () => {
    const world = financedClaim();
    const { data } = await ask(world, receivable, 'debtorBound', { claim: 'rv_1' });
    expect(data).toMatchObject({ bound: true, reason: 'confirmed', estoppel: { root: 'rv_1' } });
    const dispute = { minor: 1n, reason: 'there was no delivery' };
    expect(onInvoice(world, 'buyer', 'dispute', dispute).code).toBe('below_vouchered_amount');
  });

  it('except against an assignee that knew', async () => {
    const world = financedClaim();
    const finding = { id: 'rv_1', party: world.id('lender'), order: ORDER_REF };
    prepare(act(world, 'court', 'record_knowledge', finding));
    const { data } = await ask(world, receivable, 'debtorBound', { claim: 'rv_1' });
    expect(data).toMatchObject({ bound: false, reason: 'holder_knew' });
  });
});

describe('Interp. 61(2) unconfirmed pledge', () => {
  it('registration alone proves nothing: the truth of the claim is to be proved', async () => {
    const world = tradedWorld();
    prepare(issueClaim(world));
    const { data } = await ask(world, receivable, 'debtorBound', { claim: 'rv_1' });
    expect(data).toMatchObject({ bound: false, flags: ['truth_to_be_proved'] });
    const securedMax = { minor: 1n, currency: 'CNY' };
    const pledge = { lender: world.id('lender'), securedMax };
    expect(onClaim(world, 'seller', 'pledge', pledge).code).toBe('state_forbids_command');
  });
});

describe('763 fictitious claim', () => {
  it('the debtor that made it up with the creditor is bound to a factor that did not know', async () => {
    const world = matured(financedClaim());
    const { data } = await ask(world, receivable, 'debtorBound', { claim: 'rv_1' });
    expect(data).toMatchObject({ bound: true, articles: ['763', 'Interp. 61(1)', 'CI 49'] });
    expect(debtOf(world)).toMatchObject({ creditor: world.id('lender'), state: 'OPEN' });
  });

  it('and not to one that knew', async () => {
    const world = financedClaim();
    const finding = { id: 'rv_1', party: world.id('lender'), order: ORDER_REF };
    prepare(act(world, 'regulator', 'record_knowledge', finding));
    const { data } = await ask(world, receivable, 'debtorBound', { claim: 'rv_1' });
    expect(data).toMatchObject({ bound: false });
  });
});

describe('765 change after notice', () => {
  it('an order cut without cause leaves the factor with its claim', () => {
    const world = financedClaim();
    const { version } = world.must(orders, 'po_1');
    const fewer = { ...line(), ordered: { value: 50n, unit: 'C62', scale: 0 } };
    const cut = world.agree(['buyer', 'seller'], 'purchase-order', 'amend', {
      id: 'po_1',
      expectedVersion: version,
      lines: [fewer],
      paymentTerm: { basis: 'delivery', days: 60 },
    });
    expect(cut.code).toBe('below_delivered_quantity');
    const note = { number: 'CN-1', minor: 1n };
    expect(onInvoice(world, 'seller', 'credit_note', note).code).toBe('below_vouchered_amount');
    expect(world.must(claims, 'rv_1').face.minor).toBe(GROSS);
    expect(world.must(invoices, 'in_1').voucheredMinor).toBe(GROSS);
  });
});

describe('445 receivable pledge', () => {
  it('arises by registration, and without it does not exist', () => {
    const world = confirmedClaim();
    const securedMax = { minor: 90_000n, currency: 'CNY' };
    prepare(onClaim(world, 'seller', 'pledge', { lender: world.id('lender'), securedMax }));
    prepare(world.countersign('lender', 'receivable', 'rv_1'));
    const { lien = '' } = world.must(claims, 'rv_1');
    expect(world.must(liens, lien).state).toBe('PROPOSED');
    expect(world.must(claims, 'rv_1').state).toBe('PLEDGE_PENDING');
  });

  it('what is pledged cannot be transferred alone', () => {
    expect(hand(pledgedClaim(), ['seller', 'other']).code).toBe('claim_is_encumbered');
  });

  it('the debtor pays the pledgee once it has had notice', () => {
    const world = pledgedClaim();
    prepare(act(world, 'lender', 'notify_debtor', { id: 'rv_1' }));
    expect(debtOf(matured(world)).creditor).toBe(world.id('lender'));
  });
});
