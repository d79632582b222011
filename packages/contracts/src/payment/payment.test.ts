import { type CborMap, dayFromTime, limits } from '@triflow/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { createReach } from '../createReach.js';
import { brokenInvariants } from '../invariant.js';
import type { World } from '../testkit.js';
import { payment } from './index.js';
import { paidParts } from './internal.js';
import { invariants } from './invariants.js';
import { obligations, openLists, proofs } from './keys.js';
import { hashOf, owe, paymentWorld, prove } from './paymentWorld.js';
import { statusCodes } from './statusCodes.js';

const reach = createReach();

afterAll(() => {
  expect(reach.missing('payment', statusCodes)).toEqual([]);
});

describe('record_obligation', () => {
  it('opens an obligation for the contract that calls', () => {
    const world = start();
    const outcome = owe(world, 'ob_1', 10_000n);
    expect(outcome.events.map((event) => event.type)).toEqual(['obligation.opened']);
    expect(world.must(obligations, 'ob_1')).toMatchObject({ state: 'OPEN', paidMinor: 0n });
  });

  it('refuses a known id, one party on both sides, unknown parties and bad amounts', () => {
    const world = start();
    owe(world, 'ob_1', 10_000n);
    expect(owe(world, 'ob_1', 10_000n).code).toBe('id_already_exists');
    const self = { creditor: world.id('buyer') };
    expect(owe(world, 'ob_2', 1n, self).code).toBe('parties_must_differ');
    expect(owe(world, 'ob_2', 1n, { debtor: 'dev:nobody' }).code).toBe('reference_not_found');
    expect(owe(world, 'ob_2', 0n).code).toBe('amount_must_be_positive');
    expect(owe(world, 'ob_2', 5n, { costsMinor: 6n }).code).toBe('amount_out_of_range');
    expect(owe(world, 'ob_2', 5n, { due: 'soon' }).code).toBe('params_are_invalid');
  });

  it('cannot be sent as a command', () => {
    const world = start();
    expect(submit(world, 'buyer', 'record_obligation', {}).code).toBe('command_not_found');
  });
});

describe('submit_proof', () => {
  it("takes the payer's bank, the payee's bank, or the payee", () => {
    const world = start();
    expect(prove(world, 'pp_1', 500n).code).toBe('success');
    expect(prove(world, 'pp_2', 500n, {}, 'bank2').code).toBe('success');
    expect(prove(world, 'pp_3', 500n, {}, 'seller').code).toBe('success');
    expect(world.must(proofs, 'pp_3').signedBy).toBe(world.id('seller'));
    expect(prove(world, 'pp_4', 500n, {}, 'buyer').code).toBe('proof_signer_not_bank');
    const notBank = { payerBank: world.id('lender') };
    expect(prove(world, 'pp_4', 500n, notBank, 'lender').code).toBe('proof_signer_not_bank');
  });

  it('takes a reference of a day and a message once, however it is spelt', () => {
    const world = start();
    prove(world, 'pp_1', 500n, { bankReference: 'ab-1' });
    const again = { bankReference: 'Ａ Ｂ-1' };
    expect(prove(world, 'pp_2', 500n, again, 'seller').code).toBe('payment_proof_reused');
    const message = { messageHash: hashOf('pp_1') };
    expect(prove(world, 'pp_2', 500n, message).code).toBe('payment_proof_reused');
    const yesterday = { ...again, valueDay: dayFromTime(world.nowMs()) - 1 };
    expect(prove(world, 'pp_2', 500n, yesterday).code).toBe('success');
  });

  it('refuses what is not a payment', () => {
    const world = start();
    prove(world, 'pp_1', 500n);
    expect(prove(world, 'pp_1', 500n).code).toBe('id_already_exists');
    const self = { payee: world.id('buyer') };
    expect(prove(world, 'pp_2', 500n, self).code).toBe('parties_must_differ');
    const unknown = { payeeBank: 'dev:nobody' };
    expect(prove(world, 'pp_2', 500n, unknown).code).toBe('reference_not_found');
    expect(prove(world, 'pp_2', 0n).code).toBe('amount_must_be_positive');
    const tomorrow = { valueDay: dayFromTime(world.nowMs()) + 1 };
    expect(prove(world, 'pp_2', 500n, tomorrow).code).toBe('value_day_in_future');
    const malformed = { bankReference: '流水号 7' };
    expect(prove(world, 'pp_2', 500n, malformed).code).toBe('bank_reference_malformed');
  });
});

describe('allocate', () => {
  it('puts a payment where the payer says', () => {
    const world = start();
    owe(world, 'ob_1', 300n);
    owe(world, 'ob_2', 300n);
    prove(world, 'pp_1', 500n);
    const outcome = allocate(world, 'buyer', 1, [
      { obligation: 'ob_2', minor: 300n },
      { obligation: 'ob_1', minor: 100n },
    ]);
    expect(outcome.events.map((event) => event.type)).toEqual([
      'obligation.paid',
      'obligation.changed',
      'payment.allocated',
    ]);
    expect(world.must(obligations, 'ob_1')).toMatchObject({ state: 'PARTLY_PAID', version: 2 });
    expect(world.must(obligations, 'ob_2').state).toBe('PAID');
    expect(openList(world)).toEqual(['ob_1']);
  });

  it('refuses in the order of the README', () => {
    const world = start();
    owe(world, 'ob_1', 300n);
    owe(world, 'ob_usd', 300n, { amount: { minor: 300n, currency: 'USD' } });
    owe(world, 'ob_other', 300n, { debtor: world.id('other') });
    owe(world, 'ob_lender', 300n, { creditor: world.id('lender') });
    prove(world, 'pp_1', 200n);
    const one = (obligation: string, minor: bigint) => [{ obligation, minor }];
    const params = { id: 'pp_9', expectedVersion: 1 };
    expect(submit(world, 'buyer', 'allocate', params).code).toBe('object_not_found');
    const cases: readonly (readonly [string, bigint, string])[] = [
      ['ob_9', 1n, 'reference_not_found'],
      ['ob_1', 0n, 'amount_must_be_positive'],
      ['ob_usd', 1n, 'currency_does_not_match'],
      ['ob_other', 1n, 'payer_is_not_debtor'],
      ['ob_lender', 1n, 'payee_is_not_creditor'],
      ['ob_1', 301n, 'overpayment_must_be_allocated'],
      ['ob_1', 201n, 'allocation_exceeds_proof'],
    ];
    for (const [obligation, minor, code] of cases) {
      expect(allocate(world, 'buyer', 1, one(obligation, minor)).code).toBe(code);
    }
    expect(allocate(world, 'bank', 1, one('ob_1', 1n)).code).toBe('signer_not_party_to_object');
    expect(allocate(world, 'other', 1).code).toBe('signer_not_party_to_object');
    expect(allocate(world, 'buyer', 2, one('ob_1', 1n)).code).toBe('object_version_is_stale');
    const twice = [...one('ob_1', 1n), ...one('ob_1', 1n)];
    expect(allocate(world, 'buyer', 1, twice).code).toBe('obligation_named_twice');
    const reverse = { id: 'pp_1', expectedVersion: 1 };
    submit(world, 'bank', 'reverse_proof', reverse);
    expect(allocate(world, 'buyer', 2, one('ob_1', 1n)).code).toBe('state_forbids_command');
  });

  it('Civil Code 560: due first, least secured, heaviest, earliest due, equals pro rata', () => {
    const world = start();
    const today = dayFromTime(world.nowMs());
    owe(world, 'ob_late', 100n, { due: today + 9 });
    owe(world, 'ob_soon', 100n, { due: today + 5 });
    owe(world, 'ob_secured', 100n, { due: today - 9, securedMinor: 50n });
    owe(world, 'ob_light', 100n, { due: today - 9 });
    owe(world, 'ob_heavy', 100n, { due: today - 1, burdenBps: 700 });
    owe(world, 'ob_twin', 200n, { due: today - 9 });
    prove(world, 'pp_1', 250n);
    expect(allocate(world, 'seller', 1).code).toBe('success');
    expect(world.must(proofs, 'pp_1').allocations).toEqual([
      { obligation: 'ob_heavy', minor: 100n },
      { obligation: 'ob_light', minor: 50n },
      { obligation: 'ob_twin', minor: 100n },
    ]);
    prove(world, 'pp_2', 400n);
    expect(allocate(world, 'bank', 1, undefined, 'pp_2').code).toBe('success');
    expect(world.must(proofs, 'pp_2').allocations.map((one) => one.obligation)).toEqual([
      'ob_light',
      'ob_twin',
      'ob_secured',
      'ob_soon',
      'ob_late',
    ]);
  });

  it('without a debt the rest waits for one', () => {
    const world = start();
    prove(world, 'pp_1', 250n);
    expect(allocate(world, 'buyer', 1).code).toBe('overpayment_must_be_allocated');
  });

  it('a proof takes so many allocations and no more', () => {
    const world = start();
    prove(world, 'pp_1', 10_000n);
    let version = 1;
    for (let i = 0; i < limits.allocationsPerProofMax; i += 1) {
      owe(world, `ob_${i}`, 1n);
      expect(allocate(world, 'buyer', version).code).toBe('success');
      version += 1;
    }
    owe(world, 'ob_last', 1n);
    const named = [{ obligation: 'ob_last', minor: 1n }];
    expect(allocate(world, 'buyer', version, named).code).toBe('bound_exceeded');
  });

  it('Civil Code 561: costs, then interest, then principal', () => {
    const world = start();
    owe(world, 'ob_1', 115n, { costsMinor: 5n, interestMinor: 10n });
    prove(world, 'pp_1', 12n);
    allocate(world, 'buyer', 1);
    expect(paidParts(world.must(obligations, 'ob_1'))).toEqual({
      costsMinor: 5n,
      interestMinor: 7n,
      principalMinor: 0n,
    });
  });

  it('M4: a payer that the debtor declared counts', () => {
    const world = start();
    owe(world, 'ob_1', 300n);
    const declared = { id: 'ob_1', expectedVersion: 1, payer: world.id('other') };
    const declare = (alias: string, changes: CborMap = {}) =>
      submit(world, alias, 'declare_payer', { ...declared, ...changes }).code;
    expect(declare('buyer', { id: 'ob_9' })).toBe('object_not_found');
    expect(declare('seller')).toBe('signer_not_party_to_object');
    expect(declare('buyer', { expectedVersion: 2 })).toBe('object_version_is_stale');
    expect(declare('buyer', { payer: 'dev:nobody' })).toBe('reference_not_found');
    expect(declare('buyer', { payer: world.id('buyer') })).toBe('payer_already_declared');
    expect(declare('buyer')).toBe('success');
    prove(world, 'pp_1', 300n, { payer: world.id('other') });
    const named = [{ obligation: 'ob_1', minor: 300n }];
    expect(allocate(world, 'other', 1, named).code).toBe('success');
    expect(declare('buyer', { expectedVersion: 3 })).toBe('state_forbids_command');
  });
});

describe('reverse_proof', () => {
  it('M3: opens again exactly what it closed', () => {
    const world = start();
    owe(world, 'ob_1', 300n);
    prove(world, 'pp_1', 300n);
    prove(world, 'pp_2', 100n);
    allocate(world, 'buyer', 1, [{ obligation: 'ob_1', minor: 100n }], 'pp_2');
    allocate(world, 'buyer', 1, [{ obligation: 'ob_1', minor: 200n }]);
    expect(openList(world)).toEqual([]);
    const reverse = (alias: string, id: string, expectedVersion: number) =>
      submit(world, alias, 'reverse_proof', { id, expectedVersion }).code;
    expect(reverse('bank', 'pp_9', 1)).toBe('object_not_found');
    expect(reverse('bank2', 'pp_1', 2)).toBe('signer_not_party_to_object');
    expect(reverse('bank', 'pp_1', 1)).toBe('object_version_is_stale');
    expect(reverse('bank', 'pp_1', 2)).toBe('success');
    expect(world.must(obligations, 'ob_1')).toMatchObject({
      state: 'PARTLY_PAID',
      paidMinor: 100n,
    });
    expect(openList(world)).toEqual(['ob_1']);
    expect(reverse('bank', 'pp_1', 3)).toBe('proof_already_reversed');
    expect(prove(world, 'pp_3', 300n, { bankReference: 'REF-1' }).code).toBe(
      'payment_proof_reused',
    );
  });
});

describe('use_proof', () => {
  it('a facility uses a part once; the part is gone for all else', () => {
    const world = start();
    owe(world, 'ob_1', 300n);
    prove(world, 'pp_1', 300n);
    expect(use(world, 200n).code).toBe('success');
    expect(use(world, 101n).code).toBe('payment_proof_reused');
    const named = [{ obligation: 'ob_1', minor: 101n }];
    expect(allocate(world, 'buyer', 2, named).code).toBe('allocation_exceeds_proof');
    const reverse = { id: 'pp_1', expectedVersion: 2 };
    expect(submit(world, 'bank', 'reverse_proof', reverse).code).toBe('payment_proof_is_used');
  });

  it('refuses what is not proved', () => {
    const world = start();
    prove(world, 'pp_1', 300n);
    expect(use(world, 1n, { id: 'pp_9' }).code).toBe('payment_not_proved');
    expect(use(world, 301n).code).toBe('payment_not_proved');
    expect(use(world, 1n, { payee: world.id('lender') }).code).toBe('payment_not_proved');
    const usd = { amount: { minor: 1n, currency: 'USD' } };
    expect(use(world, 1n, usd).code).toBe('currency_does_not_match');
    expect(use(world, 0n).code).toBe('amount_must_be_positive');
    for (let i = 0; i < limits.usesPerProofMax; i += 1) expect(use(world, 1n).code).toBe('success');
    expect(use(world, 1n).code).toBe('bound_exceeded');
    prove(world, 'pp_2', 300n);
    submit(world, 'bank', 'reverse_proof', { id: 'pp_2', expectedVersion: 1 });
    expect(use(world, 1n, { id: 'pp_2' }).code).toBe('payment_not_proved');
  });
});

describe('adjust_obligation', () => {
  it('sets what is owed, never below what was paid', () => {
    const world = start();
    owe(world, 'ob_1', 300n);
    prove(world, 'pp_1', 100n);
    allocate(world, 'buyer', 1);
    const adjust = (id: string, minor: bigint) =>
      world.submit('buyer', 'purchase-order', 'adjust_obligation', { id, minor }).code;
    expect(adjust('ob_9', 1n)).toBe('reference_not_found');
    expect(adjust('ob_1', 99n)).toBe('below_paid_amount');
    expect(adjust('ob_1', 100n)).toBe('success');
    expect(world.must(obligations, 'ob_1').state).toBe('PAID');
    expect(adjust('ob_1', 150n)).toBe('success');
    expect(openList(world)).toEqual(['ob_1']);
    owe(world, 'ob_2', 300n);
    expect(adjust('ob_2', 0n)).toBe('success');
    expect(world.must(obligations, 'ob_2').state).toBe('CANCELLED');
  });
});

describe('overdue', () => {
  it('lists what is past its last day, of one debtor or of all', async () => {
    const world = start();
    owe(world, 'ob_1', 300n);
    owe(world, 'ob_2', 300n, { debtor: world.id('other'), due: dayFromTime(world.nowMs()) - 1 });
    const overdue = async (params: Readonly<Record<string, unknown>>) => {
      const { data } = await ask(world, payment, 'overdue', params);
      return (data as { items: { id: string }[] }).items.map((one) => one.id);
    };
    expect(await overdue({})).toEqual(['ob_2']);
    expect(await overdue({ party: world.id('buyer') })).toEqual([]);
    world.advance(31 * 86_400_000);
    expect(await overdue({})).toEqual(['ob_1', 'ob_2']);
  });
});

function start(): World {
  return reach.watch(paymentWorld());
}

function submit(world: World, alias: string, name: string, params: CborMap) {
  return world.submit(alias, 'payment', name, params);
}

function allocate(
  world: World,
  alias: string,
  expectedVersion: number,
  allocations?: readonly { obligation: string; minor: bigint }[],
  id = 'pp_1',
) {
  const params = { id, expectedVersion, allocations };
  return submit(world, alias, 'allocate', params);
}

function use(world: World, minor: bigint, changes: CborMap = {}) {
  return world.submit('buyer', 'pledge-facility', 'use_proof', {
    id: 'pp_1',
    purpose: 'repayment',
    ref: 'pl_1',
    payer: world.id('buyer'),
    payee: world.id('seller'),
    amount: { minor, currency: 'CNY' },
    ...changes,
  });
}

function openList(world: World): readonly string[] {
  return world.must(openLists, world.id('buyer'), world.id('seller'), 'CNY').obligations;
}

describe('conditional obligations', () => {
  const conditions = ['quantity_accepted', 'temperature_complete', 'lot_released'];

  it('are payable only when all has come true', () => {
    const world = start();
    owe(world, 'ob_1', 300n, { conditions });
    prove(world, 'pp_1', 240n);
    const one = [{ obligation: 'ob_1', minor: 240n }];
    const pay = () => allocate(world, 'buyer', 1, one).code;
    expect(pay()).toBe('payment_condition_not_met');
    const byRule = { id: 'pp_1', expectedVersion: 1 };
    expect(submit(world, 'buyer', 'allocate', byRule).code).toBe('overpayment_must_be_allocated');
    expect(meet(world, 'quantity_accepted', 240n).code).toBe('success');
    expect(meet(world, 'temperature_complete').code).toBe('success');
    expect(pay()).toBe('payment_condition_not_met');
    expect(meet(world, 'lot_released').code).toBe('success');
    expect(pay()).toBe('success');
    expect(world.must(obligations, 'ob_1')).toMatchObject({ state: 'PAID', paidMinor: 240n });
    expect(meet(world, 'quantity_accepted', 200n).code).toBe('below_paid_amount');
  });

  it('know their own conditions only, and no amount of nothing', () => {
    const world = start();
    owe(world, 'ob_1', 300n);
    expect(meet(world, 'lot_released').code).toBe('condition_not_stated');
    owe(world, 'ob_2', 300n, { conditions });
    expect(meet(world, 'lot_released', 0n, 'ob_2').code).toBe('amount_must_be_positive');
    expect(meet(world, 'lot_released', 1n, 'ob_9').code).toBe('reference_not_found');
  });
});

describe('late interest', () => {
  const late = { rateBps: 5, dayCount: 1 };

  it('runs on open principal from the day after the last, and is paid first (561)', () => {
    const world = start();
    const due = dayFromTime(world.nowMs()) + 30;
    owe(world, 'ob_1', 100_000n, { late, due });
    world.setTime((due + 10) * 86_400_000);
    prove(world, 'pp_1', 50_500n);
    expect(allocate(world, 'buyer', 1, [{ obligation: 'ob_1', minor: 50_500n }]).code).toBe(
      'success',
    );
    const half = world.must(obligations, 'ob_1');
    expect(paidParts(half)).toEqual({
      costsMinor: 0n,
      interestMinor: 500n,
      principalMinor: 50_000n,
    });
    world.setTime((due + 20) * 86_400_000);
    prove(world, 'pp_2', 60_000n);
    const rest = { id: 'pp_2', expectedVersion: 1 };
    expect(submit(world, 'buyer', 'allocate', rest).code).toBe('success');
    expect(world.must(obligations, 'ob_1')).toMatchObject({ state: 'PAID', paidMinor: 100_750n });
  });

  it('M3: a reversal opens again what it closed, interest and all', () => {
    const world = start();
    const due = dayFromTime(world.nowMs()) + 30;
    owe(world, 'ob_1', 100_000n, { late, due });
    const before = world.must(obligations, 'ob_1');
    world.setTime((due + 10) * 86_400_000);
    prove(world, 'pp_1', 100_500n);
    expect(submit(world, 'buyer', 'allocate', { id: 'pp_1', expectedVersion: 1 }).code).toBe(
      'success',
    );
    expect(world.must(obligations, 'ob_1').state).toBe('PAID');
    const back = { id: 'pp_1', expectedVersion: 2 };
    expect(submit(world, 'bank', 'reverse_proof', back).code).toBe('success');
    expect(world.must(obligations, 'ob_1')).toEqual({ ...before, version: 3 });
  });

  it('a payment of an earlier day, told later, takes no more than was owed', () => {
    const world = start();
    const due = dayFromTime(world.nowMs()) + 1;
    owe(world, 'ob_1', 100_000n, { late, due });
    world.setTime((due + 10) * 86_400_000);
    prove(world, 'pp_1', 40_500n);
    expect(allocate(world, 'buyer', 1, [{ obligation: 'ob_1', minor: 40_500n }]).code).toBe(
      'success',
    );
    prove(world, 'pp_2', 90_000n, { valueDay: due });
    const byRule = { id: 'pp_2', expectedVersion: 1 };
    expect(submit(world, 'buyer', 'allocate', byRule).code).toBe('success');
    const paid = world.must(obligations, 'ob_1');
    expect(paid.state).toBe('PAID');
    expect(paid.paidMinor).toBeLessThan(100_500n);
    expect(brokenInvariants(invariants, world)).toEqual([]);
  });

  it('stands in the answer of overdue', async () => {
    const world = start();
    const due = dayFromTime(world.nowMs()) + 30;
    owe(world, 'ob_1', 100_000n, { late, due });
    world.setTime((due + 10) * 86_400_000);
    const { data } = await ask(world, payment, 'overdue', {});
    expect(data).toMatchObject({ items: [{ openMinor: 100_500n, lateMinor: 500n }] });
  });
});

describe('M5: payment to an earlier creditor', () => {
  it('discharges before notice; after it the money is marked and stays free', () => {
    const world = start();
    const noticeAt = world.nowMs() + 86_400_000;
    const former = [{ party: world.id('other'), noticeAt }];
    owe(world, 'ob_1', 300n, { former });
    prove(world, 'pp_1', 100n, { payee: world.id('other') });
    expect(allocate(world, 'buyer', 1, [{ obligation: 'ob_1', minor: 100n }]).code).toBe('success');
    expect(world.must(obligations, 'ob_1').paidMinor).toBe(100n);
    world.advance(2 * 86_400_000);
    prove(world, 'pp_2', 200n, { payee: world.id('other') });
    const params = {
      id: 'pp_2',
      expectedVersion: 1,
      allocations: [{ obligation: 'ob_1', minor: 200n }],
    };
    const outcome = submit(world, 'buyer', 'allocate', params);
    expect(outcome.code).toBe('success');
    expect(outcome.events.map((event) => event.type)).toContain('payment.wrong_creditor');
    expect(world.must(obligations, 'ob_1')).toMatchObject({
      paidMinor: 100n,
      flags: ['paid_to_wrong_creditor'],
    });
    expect(world.must(proofs, 'pp_2')).toMatchObject({
      allocatedMinor: 0n,
      flags: ['paid_to_wrong_creditor'],
    });
  });
});

function meet(world: World, kind: string, minor?: bigint, id = 'ob_1') {
  const params = { id, kind, ...(minor === undefined ? {} : { minor }) };
  return world.submit('buyer', 'purchase-order', 'meet_condition', params);
}
