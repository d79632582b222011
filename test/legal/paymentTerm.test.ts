import { claims, invoices, orders, roots } from '@triflow/contracts/schemas';
import {
  act,
  claimWorld,
  confirmedClaim,
  DAY_MS,
  debtOf,
  GROSS,
  issueClaim,
  matured,
  onClaim,
  payClaim,
  toDay,
  today,
  tradedWorld,
} from '@triflow/contracts/testkit/claims';
import { issue, onInvoice, prepare, resize } from '@triflow/contracts/testkit/orders';
import { addMonths } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';

describe('SME 9, 10 payment term', () => {
  const term = (days?: number) => ({
    paymentTerm: { basis: 'delivery', ...(days === undefined ? {} : { days }) },
  });

  it('a large enterprise without an agreed term pays within 60 days, a government within 30', () => {
    for (const [size, days] of [
      ['large', 60],
      ['government', 30],
    ] as const) {
      const world = tradedWorld({ size: { buyer: size }, order: term() });
      expect(world.must(invoices, 'in_1').paymentDueDay).toBe(today(world) + days);
    }
  });

  it('a government may not agree on more than 60 days', () => {
    const world = claimWorld();
    resize(world, 'buyer', 'government');
    expect(issue(world, term(90)).code).toBe('payment_term_too_long');
    expect(issue(world, term(60)).code).toBe('success');
  });

  it('a large enterprise with more than 60 days is flagged', () => {
    const world = claimWorld();
    resize(world, 'buyer', 'large');
    prepare(issue(world, term(90)));
    expect(world.must(orders, 'po_1').flags).toEqual(['unusual_payment_term']);
  });

  it('"when the third party pays" is no term', () => {
    const third = { paymentTerm: { basis: 'third_party_payment' } };
    expect(issue(claimWorld(), third).code).toBe('pay_when_paid_forbidden');
  });
});

describe('SME 11 voucher not forced', () => {
  it('without the agreed clause there is no voucher', () => {
    const world = tradedWorld({ order: { nonCashClause: undefined } });
    expect(issueClaim(world).code).toBe('creditor_consent_missing');
  });

  it('the debtor cannot issue one by itself', () => {
    const world = tradedWorld();
    prepare(issueClaim(world, {}, 'buyer'));
    expect(world.read(claims, 'rv_1')).toBeUndefined();
    prepare(world.countersign('seller', 'receivable', 'rv_1'));
    expect(world.must(claims, 'rv_1').state).toBe('PROPOSED');
  });

  it('and it may not stretch the payment term', () => {
    const world = tradedWorld();
    const { paymentDueDay = 0 } = world.must(invoices, 'in_1');
    const late = { maturity: paymentDueDay + 1 };
    expect(issueClaim(world, late).code).toBe('extends_payment_term');
  });
});

describe('SME 15-17 undisputed part, 30 days, late interest', () => {
  it('what is not disputed stays payable and can be vouchered', () => {
    const world = tradedWorld();
    prepare(onInvoice(world, 'buyer', 'dispute', { minor: 13_000n, reason: 'bent' }));
    const undisputed = { invoices: [{ invoice: 'in_1', minor: 100_000n }] };
    expect(issueClaim(world, undisputed).code).toBe('success');
  });

  it('a confirmation not given on day 31 is late', () => {
    const world = tradedWorld();
    prepare(issueClaim(world));
    const flag = () => act(world, 'third', 'flag_late_confirm', { id: 'rv_1' }).code;
    world.advance(30 * DAY_MS - 60_000);
    expect(flag()).toBe('deadline_not_reached');
    world.advance(DAY_MS);
    expect(flag()).toBe('success');
    expect(world.must(claims, 'rv_1').flags).toEqual(['LATE_CONFIRM']);
  });

  it('none agreed: 0.05 % a day', () => {
    const world = matured(confirmedClaim());
    expect(world.must(roots, 'rv_1').lateRate).toEqual({ rateBps: 5, dayCount: 1 });
    toDay(world, debtOf(world).due + 20);
    const interest = (GROSS * 5n * 20n) / 10_000n;
    const all = GROSS + interest;
    const tooMuch = payClaim(world, 'pp_1', { payee: 'seller', minor: all + 1n });
    expect(tooMuch.code).toBe('overpayment_must_be_allocated');
    prepare(payClaim(world, 'pp_2', { payee: 'seller', minor: all }));
    expect(debtOf(world).state).toBe('PAID');
  });

  it('agreed below the one-year LPR is refused', () => {
    const low = { paymentTerm: { basis: 'delivery', days: 60, lateRateBps: 299 } };
    expect(issue(claimWorld(), low).code).toBe('late_rate_too_low');
    expect(issueClaim(tradedWorld(), { lateRateBps: 299 }).code).toBe('late_rate_too_low');
  });
});

describe('银发〔2025〕77号 voucher term', () => {
  const world = () => tradedWorld({ size: { seller: 'large' } });
  const reason = { longTermReason: 'a ship takes long to build' };

  it('13 months are refused', () => {
    const one = world();
    const maturity = addMonths(today(one), 13);
    expect(issueClaim(one, { maturity, ...reason }).code).toBe('term_exceeds_one_year');
  });

  it('8 months want a reason and are flagged', () => {
    const one = world();
    const maturity = addMonths(today(one), 8);
    expect(issueClaim(one, { maturity }).code).toBe('long_term_reason_missing');
    prepare(issueClaim(one, { maturity, ...reason }));
    expect(one.must(claims, 'rv_1').flags).toContain('term_over_six_months');
    expect(one.must(roots, 'rv_1').longTermReason).toBe(reason.longTermReason);
  });

  it('6 months to the day are usual, 12 to the day allowed', () => {
    const one = world();
    prepare(issueClaim(one, { maturity: addMonths(today(one), 6), invoices: half }));
    expect(one.must(claims, 'rv_1').flags).toEqual([]);
    const year = { id: 'rv_2', maturity: addMonths(today(one), 12), invoices: half, ...reason };
    expect(issueClaim(one, year).code).toBe('success');
  });

  it('the platform signs nothing: no funds, no credit', () => {
    const one = confirmedClaim();
    for (const name of ['confirm', 'transfer', 'finance', 'set_credit_line']) {
      expect(onClaim(one, 'platform', name).code).toBe('signer_lacks_role');
    }
  });
});

const half = [{ invoice: 'in_1', minor: GROSS / 2n }];
