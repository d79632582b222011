import { limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { liens, onAsset } from '../lien/keys.js';
import { proofs } from '../payment/keys.js';
import { prepare } from '../purchase-order/orderWorld.js';
import {
  act,
  agreeFinance,
  agreeOn,
  confirmedClaim,
  financedClaim,
  financeTerms,
  GROSS,
  hand,
  onClaim,
  pay,
  pledgedClaim,
  register,
  toDay,
} from './claimWorld.js';
import { discountMinor } from './financeTerms.js';
import { claims } from './keys.js';

const CNY = 'CNY';

describe('the discount', () => {
  it('is rounded once, half to even', () => {
    const at = (face: bigint, rateBps: number, days: number, dayCount = 360) =>
      discountMinor(face, { rateBps, days, dayCount });
    expect(at(113_000n, 400, 50)).toBe(628n);
    expect(at(10_000n, 365, 10, 365)).toBe(10n);
    expect(at(36n, 5_000, 10)).toBe(0n);
    expect(at(108n, 5_000, 10)).toBe(2n);
    expect(at(37n, 5_000, 10)).toBe(1n);
    expect(at(10n ** 18n, 1, 1)).toBe(277_777_777_778n);
  });
});

describe('finance', () => {
  it('is an offer that blocks nothing, until the holder signs', () => {
    const world = confirmedClaim();
    prepare(onClaim(world, 'lender', 'finance', financeTerms()));
    expect(world.must(claims, 'rv_1').state).toBe('ACTIVE');
    expect(agreeFinance(world, {}, ['lender2', 'seller']).code).toBe('success');
    expect(world.must(claims, 'rv_1').state).toBe('FINANCE_PENDING');
    expect(world.must(onAsset, 'rv_1').liens).toMatchObject([{ class: 'FACTORING' }]);
    const first = { id: 'rv_1', pendingId: 'finance-1' };
    expect(act(world, 'seller', 'countersign', first).code).toBe('already_financed');
  });

  it('refuses a second financing, a pledge beside it and bad terms', () => {
    const world = confirmedClaim();
    const offer = (changes: object, alias = 'lender') =>
      onClaim(world, alias, 'finance', financeTerms(changes as never)).code;
    expect(offer({}, 'bank')).toBe('signer_lacks_role');
    expect(offer({}, 'seller')).toBe('parties_must_differ');
    expect(offer({}, 'buyer')).toBe('circular_transfer');
    expect(offer({ advance: { minor: 1n, currency: 'USD' } })).toBe('currency_does_not_match');
    expect(offer({ advance: { minor: 0n, currency: CNY } })).toBe('amount_must_be_positive');
    const proceeds = GROSS - 628n;
    const over = { advance: { minor: proceeds + 1n, currency: CNY } };
    expect(offer(over)).toBe('advance_exceeds_proceeds');
    expect(offer({ advance: { minor: proceeds, currency: CNY } })).toBe('success');
    prepare(agreeFinance(world));
    expect(offer({}, 'lender2')).toBe('already_financed');
    const pledge = { lender: world.id('lender2'), securedMax: { minor: 1n, currency: CNY } };
    expect(onClaim(world, 'seller', 'pledge', pledge).code).toBe('already_financed');
    expect(hand(world, ['seller', 'other']).code).toBe('object_has_pending_command');
  });

  it('waits for registration and disbursement', () => {
    const world = confirmedClaim();
    prepare(agreeFinance(world));
    const complete = (proof: string, alias = 'lender') =>
      onClaim(world, alias, 'complete_finance', { proof }).code;
    expect(complete('pp_none')).toBe('registration_not_recorded');
    expect(register(world, 'REG-1', { registeredAt: world.nowMs() + 60_000 }).code).toBe(
      'publicity_time_in_future',
    );
    expect(act(world, 'bank', 'record_registration', {}).code).toBe('signer_lacks_role');
    prepare(register(world, 'REG-1'));
    expect(register(world, 'REG-2').code).toBe('registration_already_recorded');
    expect(complete('pp_none')).toBe('disbursement_not_proved');
    prepare(pay(world, 'pp_less', ['lender', 'seller'], 99_999n));
    expect(complete('pp_less')).toBe('disbursement_not_proved');
    prepare(pay(world, 'pp_else', ['lender', 'other'], 100_000n));
    expect(complete('pp_else')).toBe('disbursement_not_proved');
    prepare(pay(world, 'pp_1', ['lender', 'seller'], 100_000n));
    expect(complete('pp_1', 'lender2')).toBe('signer_not_party_to_object');
    expect(complete('pp_1')).toBe('success');
    const financed = world.must(claims, 'rv_1');
    expect(financed).toMatchObject({ state: 'FINANCED', holder: world.id('lender') });
    expect(financed.flags).toContain('debtor_not_notified');
    expect(world.must(proofs, 'pp_1').usedMinor).toBe(100_000n);
  });

  it('a registration number serves one debt', () => {
    const world = financedClaim();
    const { lien = '' } = world.must(claims, 'rv_1');
    expect(world.must(liens, lien).publicity.registrationNo).toBe('REG-1');
    const parts = [
      { id: 'rv_a', minor: 13_000n },
      { id: 'rv_b', minor: 100_000n },
    ];
    const other = confirmedClaim();
    prepare(onClaim(other, 'seller', 'split', { parts }));
    for (const id of ['rv_a', 'rv_b']) {
      const advance = { minor: 1_000n, currency: CNY };
      prepare(
        agreeOn(other, ['lender', 'seller'], 'finance', { id, ...financeTerms({ advance }) }),
      );
    }
    prepare(register(other, 'REG-9', { id: 'rv_a' }));
    expect(register(other, 'REG-9', { id: 'rv_b' }).code).toBe('registration_number_reused');
  });

  it('one proof serves one disbursement', () => {
    const world = confirmedClaim();
    const parts = [
      { id: 'rv_a', minor: 56_500n },
      { id: 'rv_b', minor: 56_500n },
    ];
    prepare(onClaim(world, 'seller', 'split', { parts }));
    prepare(pay(world, 'pp_1', ['lender', 'seller'], 50_000n));
    const codes = ['rv_a', 'rv_b'].map((id) => {
      const advance = { minor: 50_000n, currency: CNY };
      prepare(
        agreeOn(world, ['lender', 'seller'], 'finance', { id, ...financeTerms({ advance }) }),
      );
      prepare(register(world, `REG-${id.slice(3)}`, { id }));
      return onClaim(world, 'lender', 'complete_finance', { id, proof: 'pp_1' }).code;
    });
    expect(codes).toEqual(['success', 'payment_proof_reused']);
  });

  it('can be abandoned by the lender, after three days by anyone', () => {
    const world = confirmedClaim();
    prepare(agreeFinance(world));
    const abandon = (alias: string) => act(world, alias, 'abandon', { id: 'rv_1' }).code;
    expect(abandon('seller')).toBe('deadline_not_reached');
    expect(abandon('lender')).toBe('success');
    expect(world.read(onAsset, 'rv_1')).toBeUndefined();
    prepare(agreeFinance(world, {}, ['lender2', 'seller']));
    world.advance(limits.pendingMs + 1);
    expect(abandon('third')).toBe('success');
    expect(world.must(claims, 'rv_1')).toMatchObject({ state: 'ACTIVE' });
    expect(abandon('third')).toBe('state_forbids_command');
  });

  it('comes too late on the day of maturity', () => {
    const world = confirmedClaim();
    toDay(world, world.must(claims, 'rv_1').maturity);
    expect(onClaim(world, 'lender', 'finance', financeTerms()).code).toBe('deadline_has_passed');
  });
});

describe('pledge', () => {
  it('arises when the register has it (445)', () => {
    const world = confirmedClaim();
    const securedMax = { minor: 90_000n, currency: CNY };
    const params = { lender: world.id('lender'), securedMax };
    prepare(onClaim(world, 'seller', 'pledge', params));
    expect(register(world, 'REG-1').code).toBe('object_has_pending_command');
    expect(act(world, 'lender', 'abandon', { id: 'rv_1' }).code).toBe('object_has_pending_command');
    prepare(world.countersign('lender', 'receivable', 'rv_1'));
    const { lien = '' } = world.must(claims, 'rv_1');
    expect(world.must(liens, lien)).toMatchObject({
      class: 'RECEIVABLE_PLEDGE',
      state: 'PROPOSED',
    });
    expect(world.must(claims, 'rv_1').state).toBe('PLEDGE_PENDING');
    prepare(register(world, 'REG-1'));
    expect(world.must(liens, lien).state).toBe('EFFECTIVE');
    expect(world.must(claims, 'rv_1')).toMatchObject({
      state: 'PLEDGED',
      holder: world.id('seller'),
    });
  });

  it('wants a lender that is neither holder nor debtor, and a sum in the claim’s currency', () => {
    const world = confirmedClaim();
    const pledge = (lender: string, minor = 1n, currency = CNY, alias = 'seller') => {
      const securedMax = { minor, currency };
      return onClaim(world, alias, 'pledge', { lender: world.id(lender), securedMax }).code;
    };
    expect(pledge('bank')).toBe('signer_lacks_role');
    expect(pledge('buyer')).toBe('circular_transfer');
    expect(pledge('seller')).toBe('parties_must_differ');
    expect(pledge('lender', 0n)).toBe('amount_must_be_positive');
    expect(pledge('lender', 1n, 'USD')).toBe('currency_does_not_match');
    expect(pledge('lender', 1n, CNY, 'other')).toBe('signer_not_party_to_object');
  });

  it('is released by its lender only, through the claim', () => {
    const world = pledgedClaim();
    const { lien = '' } = world.must(claims, 'rv_1');
    const direct = { id: lien, expectedVersion: world.must(liens, lien).version };
    expect(world.submit('lender', 'lien', 'release', direct).code).toBe('lien_belongs_to_claim');
    expect(onClaim(world, 'lender2', 'release').code).toBe('signer_not_party_to_object');
    expect(onClaim(world, 'lender', 'release').code).toBe('success');
    expect(world.must(liens, lien).state).toBe('RELEASED');
    expect(onClaim(world, 'lender', 'release').code).toBe('signer_not_party_to_object');
  });
});
