import { describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { obligations } from '../payment/keys.js';
import { prepare } from '../purchase-order/orderWorld.js';
import type { World } from '../testkit.js';
import {
  act,
  confirmedClaim,
  debtOf,
  financedClaim,
  GROSS,
  hand,
  matured,
  ORDER_REF,
  onClaim,
  pay,
  payClaim,
  pledgedClaim,
  toDay,
} from './claimWorld.js';
import { receivable } from './index.js';
import { claims, creditLines, roots } from './keys.js';

describe('notify_debtor', () => {
  it('binds from its block and says whom to pay (546)', () => {
    const world = financedClaim({}, false);
    expect(world.must(claims, 'rv_1').flags).toContain('debtor_not_notified');
    expect(act(world, 'seller', 'notify_debtor', { id: 'rv_1' }).code).toBe(
      'signer_not_party_to_object',
    );
    prepare(act(world, 'lender', 'notify_debtor', { id: 'rv_1' }));
    const { notice, former, flags } = world.must(claims, 'rv_1');
    expect(notice).toEqual({ creditor: world.id('lender'), at: world.nowMs() });
    expect(former).toEqual([{ party: world.id('seller'), noticeAt: world.nowMs() }]);
    expect(flags).not.toContain('debtor_not_notified');
    expect(act(world, 'lender', 'notify_debtor', { id: 'rv_1' }).code).toBe('notice_already_given');
  });

  it('is acknowledged by the debtor once', () => {
    const world = confirmedClaim();
    const acknowledge = (alias: string) =>
      act(world, alias, 'acknowledge_notice', { id: 'rv_1' }).code;
    expect(acknowledge('buyer')).toBe('notice_not_given');
    prepare(act(world, 'seller', 'notify_debtor', { id: 'rv_1' }));
    expect(acknowledge('seller')).toBe('signer_not_party_to_object');
    expect(acknowledge('buyer')).toBe('success');
    expect(acknowledge('buyer')).toBe('notice_already_given');
  });
});

describe('mature', () => {
  it('makes the holder’s claim a debt on its day, not before', () => {
    const world = confirmedClaim();
    const { maturity } = world.must(claims, 'rv_1');
    toDay(world, maturity - 1);
    expect(act(world, 'third', 'mature', { id: 'rv_1' }).code).toBe('deadline_not_reached');
    matured(world);
    expect(debtOf(world)).toMatchObject({ creditor: world.id('seller'), due: maturity });
    expect(act(world, 'third', 'mature', { id: 'rv_1' }).code).toBe('state_forbids_command');
    expect(act(world, 'third', 'mature', { id: 'rv_9' }).code).toBe('object_not_found');
  });

  it('of a pledged claim pays the pledgee only after notice', () => {
    expect(debtOf(matured(pledgedClaim())).creditor).toContain('seller');
    const world = pledgedClaim();
    prepare(act(world, 'lender', 'notify_debtor', { id: 'rv_1' }));
    matured(world);
    expect(debtOf(world).creditor).toBe(world.id('lender'));
    expect(debtOf(world).former.map((one) => one.party)).toEqual([world.id('seller')]);
  });

  it('on a holiday is payable on the next day that is none (203)', () => {
    const probe = confirmedClaim();
    const { maturity } = probe.must(claims, 'rv_1');
    const parameters = { 'purchase-order': { 'calendar.holidays': [maturity, maturity + 1] } };
    const world = matured(confirmedClaim({ parameters }));
    expect(debtOf(world).due).toBe(maturity + 2);
  });
});

describe('redeem', () => {
  it('wants the whole amount', () => {
    const world = matured(confirmedClaim());
    const redeem = () => act(world, 'third', 'redeem', { id: 'rv_1' }).code;
    expect(redeem()).toBe('payment_not_complete');
    prepare(payClaim(world, 'pp_1', { payee: 'seller', minor: GROSS - 1n }));
    expect(redeem()).toBe('payment_not_complete');
    prepare(payClaim(world, 'pp_2', { payee: 'seller', minor: 1n }));
    expect(redeem()).toBe('success');
    expect(world.must(roots, 'rv_1').redeemedMinor).toBe(GROSS);
    expect(world.must(creditLines, world.id('buyer'), 'CNY').usedMinor).toBe(0n);
    expect(redeem()).toBe('state_forbids_command');
  });

  it('is final: its proofs are not reversed after it', () => {
    const world = matured(confirmedClaim());
    prepare(payClaim(world, 'pp_1', { payee: 'seller', minor: GROSS }));
    prepare(act(world, 'third', 'redeem', { id: 'rv_1' }));
    const reversed = world.submit('bank', 'payment', 'reverse_proof', {
      id: 'pp_1',
      expectedVersion: 2,
    });
    expect(reversed.code).toBe('payment_proof_is_used');
  });

  it('after maturity costs 5 Bps a day on what is open, exactly', () => {
    const world = matured(confirmedClaim());
    toDay(world, debtOf(world).due + 10);
    prepare(payClaim(world, 'pp_1', { payee: 'seller', minor: GROSS }));
    expect(act(world, 'third', 'redeem', { id: 'rv_1' }).code).toBe('payment_not_complete');
    const interest = (GROSS * 5n * 10n) / 10_000n;
    expect(interest).toBe(565n);
    const over = payClaim(world, 'pp_2', { payee: 'seller', minor: interest + 1n });
    expect(over.code).toBe('overpayment_must_be_allocated');
    prepare(payClaim(world, 'pp_3', { payee: 'seller', minor: interest }));
    expect(act(world, 'third', 'redeem', { id: 'rv_1' }).code).toBe('success');
  });
});

describe('a debtor that does not pay', () => {
  it('is overdue from the day after its last', () => {
    const world = matured(confirmedClaim());
    expect(onClaim(world, 'seller', 'mark_overdue').code).toBe('deadline_not_reached');
    toDay(world, debtOf(world).due + 1);
    expect(onClaim(world, 'third', 'mark_overdue').code).toBe('signer_not_party_to_object');
    expect(onClaim(world, 'seller', 'mark_overdue').code).toBe('success');
    expect(world.must(claims, 'rv_1').state).toBe('OVERDUE');
    expect(onClaim(world, 'seller', 'exercise_recourse').code).toBe('no_recourse_agreed');
  });

  it('that has paid is not overdue, and there is no recourse', () => {
    const world = matured(financedClaim());
    prepare(payClaim(world, 'pp_1', { payee: 'lender', minor: GROSS }));
    toDay(world, debtOf(world).due + 1);
    expect(onClaim(world, 'lender', 'mark_overdue').code).toBe('payment_already_complete');
    expect(onClaim(world, 'lender', 'exercise_recourse').code).toBe('payment_already_complete');
  });

  it('without recourse is the lender’s risk', () => {
    const world = matured(financedClaim({ recourse: false }));
    toDay(world, debtOf(world).due + 1);
    expect(onClaim(world, 'lender', 'exercise_recourse').code).toBe('no_recourse_agreed');
  });

  it('with recourse leaves the assignor to pay advance and interest, and the claim comes back', () => {
    const world = matured(financedClaim());
    toDay(world, debtOf(world).due + 9);
    expect(onClaim(world, 'bank', 'exercise_recourse').code).toBe('signer_lacks_role');
    prepare(onClaim(world, 'lender', 'exercise_recourse'));
    const called = recourseDebt(world);
    expect(called).toMatchObject({ debtor: world.id('seller'), creditor: world.id('lender') });
    // 113,000 × 4 % × 50 days and 100,000 × 4 % × 9 days over 360, together 727.8.
    expect(called.amount.minor).toBe(100_728n);
    const complete = () => act(world, 'third', 'complete_recourse', { id: 'rv_1' }).code;
    expect(complete()).toBe('recourse_not_paid');
    prepare(pay(world, 'pp_r', ['seller', 'lender'], 100_728n));
    const byRule = { id: 'pp_r', expectedVersion: 1 };
    prepare(world.submit('seller', 'payment', 'allocate', byRule));
    expect(complete()).toBe('success');
    const back = world.must(claims, 'rv_1');
    expect(back).toMatchObject({ state: 'OVERDUE', holder: world.id('seller') });
    expect(back.financing).toBeUndefined();
    expect(debtOf(world).creditor).toBe(world.id('seller'));
  });

  it('that pays in the end ends the recourse, too', () => {
    const world = matured(financedClaim());
    toDay(world, debtOf(world).due + 1);
    prepare(onClaim(world, 'lender', 'exercise_recourse'));
    const debt = recourseDebt(world).id;
    prepare(payClaim(world, 'pp_1', { payee: 'lender', minor: GROSS }));
    prepare(payClaim(world, 'pp_2', { payee: 'lender', minor: 56n }));
    prepare(act(world, 'third', 'redeem', { id: 'rv_1' }));
    expect(world.must(obligations, debt).state).toBe('CANCELLED');
    const { surplusObligation = '' } = world.must(claims, 'rv_1');
    expect(world.must(obligations, surplusObligation).creditor).toBe(world.id('seller'));
  });
});

describe('record_knowledge', () => {
  it('is a finding of court or regulator, once for each party', () => {
    const world = confirmedClaim();
    const order = ORDER_REF;
    const params = { id: 'rv_1', party: world.id('seller'), order };
    expect(act(world, 'buyer', 'record_knowledge', params).code).toBe('signer_lacks_role');
    expect(act(world, 'court', 'record_knowledge', params).code).toBe('success');
    expect(act(world, 'regulator', 'record_knowledge', params).code).toBe(
      'knowledge_already_recorded',
    );
  });
});

describe('queries', () => {
  it('leaves: what stands for a root, with its sums', async () => {
    const world = confirmedClaim();
    prepare(
      onClaim(world, 'seller', 'split', {
        parts: [
          { id: 'rv_a', minor: 13_000n },
          { id: 'rv_b', minor: 100_000n },
        ],
      }),
    );
    prepare(hand(world, ['seller', 'other'], { id: 'rv_b' }));
    const { data, proofRef } = await ask(world, receivable, 'leaves', { root: 'rv_1' });
    const { items } = data as { items: { id: string }[] };
    expect(items.map((one) => one.id)).toEqual(['rv_2', 'rv_a']);
    expect(proofRef).toContain('receivable/claim/rv_2');
  });

  it('holdings and creditLineUse', async () => {
    const world = confirmedClaim();
    const held = await ask(world, receivable, 'holdings', { party: world.id('seller') });
    expect(held.data).toMatchObject({ items: [{ id: 'rv_1' }] });
    const line = await ask(world, receivable, 'creditLineUse', { core: world.id('buyer') });
    expect(line.data).toMatchObject({ usedMinor: GROSS, limitMinor: 10_000_000n });
    const none = await ask(world, receivable, 'creditLineUse', { core: world.id('other') });
    expect(none.data).toMatchObject({ limitMinor: 0n, freeMinor: 0n });
  });
});

function recourseDebt(world: World) {
  return world.must(obligations, world.must(claims, 'rv_1').recourseObligation ?? '');
}
