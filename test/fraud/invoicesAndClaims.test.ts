import { claims, invoices, orders } from '@triflow/contracts/schemas';
import {
  agreeFinance,
  agreeOn,
  CLAUSE,
  claimWorld,
  confirmedClaim,
  financedClaim,
  financeTerms,
  GROSS,
  grant,
  hand,
  issueClaim,
  onClaim,
  pay,
  register,
  relate,
  tradeBetween,
  tradedWorld,
} from '@triflow/contracts/testkit/claims';
import {
  deliver,
  invoice,
  issue,
  onInvoice,
  prepare,
  submit,
} from '@triflow/contracts/testkit/orders';
import { describe, expect, it } from 'vitest';

describe('invoice financed twice', () => {
  it('the same invoice, however it is spelt, is registered once', () => {
    const world = tradedWorld();
    const again = { number: '００００ 1', code: '０４４００１９００１１１' };
    expect(invoice(world, 'in_9', 100n, again).code).toBe('invoice_already_registered');
  });

  it('a slightly altered one is flagged as its likeness', () => {
    const world = tradedWorld();
    prepare(invoice(world, 'in_9', 100n, { number: '00009' }));
    expect(world.must(invoices, 'in_9').flags).toEqual(['DUPLICATE_FINGERPRINT']);
  });

  it('what is vouchered is neither vouchered again nor paid as an invoice', () => {
    const world = confirmedClaim();
    expect(issueClaim(world, { id: 'rv_2' }).code).toBe('exceeds_invoice_balance');
    const { obligation = '' } = world.must(invoices, 'in_1');
    prepare(pay(world, 'pp_1', ['buyer', 'seller'], GROSS));
    const allocations = [{ obligation, minor: 1n }];
    const params = { id: 'pp_1', expectedVersion: 1, allocations };
    const code = world.submit('buyer', 'payment', 'allocate', params).code;
    expect(code).toBe('overpayment_must_be_allocated');
  });

  it('one claim has one financing', () => {
    const world = financedClaim();
    const second = onClaim(world, 'lender2', 'finance', financeTerms());
    expect(second.code).toBe('already_financed');
  });
});

describe('fictitious receivable', () => {
  it('without delivery nothing is matched, and without a match there is no voucher', () => {
    const world = claimWorld();
    tradeBetween(world, 'po_1', 'buyer', 'seller');
    prepare(invoice(world, 'in_1', 100n));
    const matched = world.submit('seller', 'purchase-order', 'match', { id: 'in_1' });
    expect(matched.code).toBe('invoice_not_matched');
    expect(issueClaim(world).code).toBe('invoice_not_matched');
  });

  it('without a trade of its own a holder hands nothing on', () => {
    const world = confirmedClaim();
    tradeBetween(world, 'po_other', 'third', 'other');
    const borrowed = { tradeRef: 'po_other' };
    expect(hand(world, ['seller', 'other'], borrowed).code).toBe('trade_background_missing');
  });
});

describe('circular trade', () => {
  it('sales that come back through an affiliate are flagged', () => {
    const world = claimWorld();
    relate(world, 'third', 'depot');
    tradeBetween(world, 'po_a', 'other', 'seller');
    tradeBetween(world, 'po_b', 'third', 'other');
    tradeBetween(world, 'po_c', 'seller', 'depot');
    expect(world.must(orders, 'po_c').flags).toEqual(['CIRCULAR_TRADE']);
  });

  it('a claim never comes back to its debtor, and near it is flagged', () => {
    const world = confirmedClaim();
    expect(hand(world, ['seller', 'buyer']).code).toBe('circular_transfer');
    relate(world, 'buyer', 'other');
    prepare(hand(world, ['seller', 'other']));
    expect(world.must(claims, 'rv_2').flags).toEqual(['CIRCULAR_TRADE']);
  });
});

describe('voucher stretches terms', () => {
  it('a forced or longer voucher is refused', () => {
    const world = tradedWorld();
    const { paymentDueDay = 0 } = world.must(invoices, 'in_1');
    const longer = { maturity: paymentDueDay + 1 };
    expect(issueClaim(world, longer).code).toBe('extends_payment_term');
    const bare = tradedWorld({ order: { nonCashClause: undefined } });
    expect(issueClaim(bare).code).toBe('creditor_consent_missing');
  });
});

describe('proof reused', () => {
  it('the same bytes or reference prove one payment', () => {
    const world = tradedWorld();
    prepare(pay(world, 'pp_1', ['lender', 'seller'], 100n));
    const same = pay(world, 'pp_2', ['lender', 'seller'], 100n, { bankReference: 'REF-1' });
    expect(same.code).toBe('payment_proof_reused');
  });

  it('one disbursement completes one financing', () => {
    const world = confirmedClaim();
    const parts = [
      { id: 'rv_a', minor: 56_500n },
      { id: 'rv_b', minor: 56_500n },
    ];
    prepare(onClaim(world, 'seller', 'split', { parts }));
    prepare(pay(world, 'pp_1', ['lender', 'seller'], 50_000n));
    const codes = ['rv_a', 'rv_b'].map((id) => {
      const advance = { minor: 50_000n, currency: 'CNY' };
      const terms = { id, ...financeTerms({ advance }) };
      prepare(agreeOn(world, ['lender', 'seller'], 'finance', terms));
      prepare(register(world, `REG-${id.slice(3)}`, { id }));
      return onClaim(world, 'lender', 'complete_finance', { id, proof: 'pp_1' }).code;
    });
    expect(codes).toEqual(['success', 'payment_proof_reused']);
  });
});

describe('stage doubling', () => {
  it('what one lender financed as an order no other finances as a claim (O3, L1)', () => {
    const world = claimWorld();
    const paymentTerm = { basis: 'delivery', days: 60 };
    prepare(issue(world, { paymentTerm, nonCashClause: CLAUSE }));
    prepare(submit(world, 'seller', 'accept_order', { id: 'po_1', expectedVersion: 1 }));
    const quantity = { value: 100n, unit: 'C62', scale: 0 };
    const advance = { minor: 50_000n, currency: 'CNY' };
    const lines = [{ lineNo: 1, quantity }];
    const offer = { id: 'po_1', expectedVersion: 2, advance, lines };
    prepare(world.agree(['lender', 'seller'], 'purchase-order', 'finance_order', offer));
    deliver(world, 'dl_1', 100n);
    prepare(invoice(world, 'in_1', 100n));
    prepare(submit(world, 'other', 'match', { id: 'in_1' }));
    prepare(onInvoice(world, 'buyer', 'confirm_invoice'));
    prepare(grant(world, GROSS));
    prepare(issueClaim(world));
    prepare(onClaim(world, 'buyer', 'confirm'));
    expect(agreeFinance(world, {}, ['lender2', 'seller']).code).toBe('already_financed');
    expect(agreeFinance(world).code).toBe('success');
  });
});
