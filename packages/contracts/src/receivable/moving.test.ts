import { limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { invoice, prepare } from '../purchase-order/orderWorld.js';
import { pendingsOf } from '../testkit.js';
import {
  act,
  confirmedClaim,
  DAY_MS,
  financedClaim,
  GROSS,
  hand,
  ORDER_REF,
  onClaim,
  pledgedClaim,
  relate,
  toDay,
  tradeBetween,
} from './claimWorld.js';
import { claims } from './keys.js';

const parts = (...minors: bigint[]) =>
  minors.map((minor, index) => ({ id: `rv_${index}x`, minor }));

describe('split', () => {
  it('replaces a claim by parts that add up to it (D1)', () => {
    const world = confirmedClaim();
    prepare(onClaim(world, 'seller', 'split', { parts: parts(13_000n, 100_000n) }));
    expect(world.must(claims, 'rv_1')).toMatchObject({
      state: 'SPLIT',
      children: ['rv_0x', 'rv_1x'],
    });
    expect(world.must(claims, 'rv_1x')).toMatchObject({ state: 'ACTIVE', tier: 1, version: 1 });
    // D4: a part falls due with the whole.
    const { maturity } = world.must(claims, 'rv_1');
    expect(world.must(claims, 'rv_1x').maturity).toBe(maturity);
  });

  it('refuses what does not conserve value, known ids and others than the holder', () => {
    const world = confirmedClaim();
    const split = (list: object[], alias = 'seller') =>
      onClaim(world, alias, 'split', { parts: list as never }).code;
    expect(split(parts(13_000n, 100_001n))).toBe('split_does_not_conserve_value');
    expect(split(parts(13_000n, 99_999n))).toBe('split_does_not_conserve_value');
    expect(split(parts(GROSS, 0n))).toBe('amount_must_be_positive');
    expect(split(parts(GROSS + 1n, -1n))).toBe('amount_must_be_positive');
    expect(
      split([
        { id: 'rv_1', minor: 1n },
        { id: 'rv_2', minor: GROSS - 1n },
      ]),
    ).toBe('id_already_exists');
    expect(
      split([
        { id: 'rv_2', minor: 1n },
        { id: 'rv_2', minor: GROSS - 1n },
      ]),
    ).toBe('id_already_exists');
    expect(split(parts(13_000n, 100_000n), 'other')).toBe('signer_not_party_to_object');
    expect(split(parts(GROSS))).toBe('params_are_invalid');
    expect(split(Array.from({ length: 65 }, (_, i) => ({ id: `rv_${i}y`, minor: 1n })))).toBe(
      'params_are_invalid',
    );
    toDay(world, world.must(claims, 'rv_1').maturity);
    expect(split(parts(13_000n, 100_000n))).toBe('deadline_has_passed');
  });
});

describe('transfer', () => {
  it('goes to a supplier of the holder that accepts, one tier deeper (D8)', () => {
    const world = confirmedClaim();
    expect(hand(world, ['seller', 'other']).code).toBe('success');
    expect(world.must(claims, 'rv_1').state).toBe('TRANSFERRED');
    const child = world.must(claims, 'rv_2');
    expect(child).toMatchObject({ state: 'ACTIVE', tier: 2, holder: world.id('other') });
    expect(child.former).toEqual([{ party: world.id('seller') }]);
  });

  it('waits for the receiver; rejected or expired, the former state comes back', () => {
    const world = confirmedClaim();
    tradeBetween(world, 'po_t', 'seller', 'other');
    const open = () =>
      onClaim(world, 'seller', 'transfer', {
        child: 'rv_2',
        receiver: world.id('other'),
        tradeRef: 'po_t',
      });
    prepare(open());
    expect(world.must(claims, 'rv_1').state).toBe('TRANSFER_PENDING');
    const split = { parts: parts(13_000n, 100_000n) };
    expect(onClaim(world, 'seller', 'split', split).code).toBe('object_has_pending_command');
    const waiting = () => ({ id: 'rv_1', pendingId: pending(world) });
    prepare(act(world, 'other', 'reject', waiting()));
    expect(world.must(claims, 'rv_1')).toMatchObject({ state: 'ACTIVE', version: 2 });
    prepare(open());
    expect(act(world, 'third', 'expire_pending', waiting()).code).toBe('deadline_not_reached');
    world.advance(limits.pendingMs + 1);
    prepare(act(world, 'third', 'expire_pending', waiting()));
    expect(world.must(claims, 'rv_1').state).toBe('ACTIVE');
  });

  it('wants a trade in which the holder buys from the receiver', () => {
    const world = confirmedClaim();
    const none = { tradeRef: 'po_none' };
    tradeBetween(world, 'po_wrong', 'other', 'seller');
    tradeBetween(world, 'po_else', 'seller', 'third');
    expect(hand(world, ['seller', 'other'], none).code).toBe('trade_background_missing');
    const wrong = { tradeRef: 'po_wrong' };
    expect(hand(world, ['seller', 'other'], wrong).code).toBe('trade_background_missing');
    const elsewhere = { tradeRef: 'po_else' };
    expect(hand(world, ['seller', 'other'], elsewhere).code).toBe('trade_background_missing');
    prepare(invoice(world, 'in_2', 1n, { lines: [line] }));
    const unmatched = { tradeRef: 'in_2' };
    expect(hand(world, ['seller', 'other'], unmatched).code).toBe('trade_background_missing');
  });

  it('D7: not to the holder, not to the debtor, not to a party that is not active', () => {
    const world = confirmedClaim();
    tradeBetween(world, 'po_buyer', 'seller', 'buyer');
    const to = (alias: string) => ({
      receiver: world.id(alias),
      tradeRef: 'po_buyer',
      child: 'rv_2',
    });
    expect(onClaim(world, 'seller', 'transfer', to('seller')).code).toBe('self_transfer_forbidden');
    expect(onClaim(world, 'seller', 'transfer', to('buyer')).code).toBe('circular_transfer');
    const unknown = { ...to('other'), receiver: 'dev:nobody' };
    expect(onClaim(world, 'seller', 'transfer', unknown).code).toBe('party_not_active');
    expect(onClaim(world, 'other', 'transfer', to('other')).code).toBe(
      'signer_not_party_to_object',
    );
  });

  it('to an affiliate of the debtor is marked', () => {
    const world = confirmedClaim();
    relate(world, 'other', 'buyer');
    prepare(hand(world, ['seller', 'other']));
    expect(world.must(claims, 'rv_2').flags).toContain('CIRCULAR_TRADE');
  });

  it('ends at the deepest tier', () => {
    const world = confirmedClaim();
    const claim = world.must(claims, 'rv_1');
    world.plant(claims, ['rv_1'], { ...claim, tier: limits.claimTiersMax });
    expect(hand(world, ['seller', 'other']).code).toBe('bound_exceeded');
  });

  it('of a pledged claim takes its lender along, and the child carries the pledge', () => {
    const world = pledgedClaim();
    expect(hand(world, ['seller', 'other']).code).toBe('claim_is_encumbered');
    const lender = world.id('lender');
    tradeBetween(world, 'po_t', 'seller', 'other');
    const params = { child: 'rv_2', receiver: world.id('other'), tradeRef: 'po_t', lender };
    const version = { id: 'rv_1', expectedVersion: world.must(claims, 'rv_1').version };
    const signers = ['seller', 'lender', 'other'];
    const outcome = world.agree(signers, 'receivable', 'transfer', { ...version, ...params });
    expect(outcome.code).toBe('success');
    expect(world.must(claims, 'rv_2')).toMatchObject({ state: 'PLEDGED', pledge: { lender } });
  });

  it('of a financed claim is between lenders, and the burden goes with it', () => {
    const world = financedClaim();
    const to = (alias: string) => ({ child: 'rv_2', receiver: world.id(alias) });
    const refused = onClaim(world, 'lender', 'transfer', to('other'));
    expect(refused.code).toBe('trade_background_missing');
    const params = { id: 'rv_1', expectedVersion: world.must(claims, 'rv_1').version };
    const both = ['lender', 'lender2'];
    prepare(world.agree(both, 'receivable', 'transfer', { ...params, ...to('lender2') }));
    const { financing, holder, lien } = world.must(claims, 'rv_2');
    expect(holder).toBe(world.id('lender2'));
    expect(financing?.lender).toBe(holder);
    expect(lien).not.toBe(world.must(claims, 'rv_1').lien);
  });
});

describe('freeze', () => {
  it('stops a claim until it is lifted or its time is over (R11)', () => {
    const world = confirmedClaim();
    const until = world.nowMs() + DAY_MS;
    const order = ORDER_REF;
    const freeze = (alias: string) =>
      act(world, alias, 'freeze', { id: 'rv_1', order, until }).code;
    expect(freeze('lender')).toBe('signer_lacks_role');
    expect(act(world, 'court', 'unfreeze', { id: 'rv_1', order }).code).toBe(
      'object_is_not_frozen',
    );
    expect(freeze('court')).toBe('success');
    expect(freeze('regulator')).toBe('object_is_frozen');
    expect(hand(world, ['seller', 'other']).code).toBe('object_is_frozen');
    expect(act(world, 'seller', 'notify_debtor', { id: 'rv_1' }).code).toBe('object_is_frozen');
    expect(act(world, 'seller', 'unfreeze', { id: 'rv_1', order }).code).toBe('signer_lacks_role');
    world.advance(DAY_MS);
    expect(hand(world, ['seller', 'other']).code).toBe('success');
    expect(freeze('court')).toBe('state_forbids_command');
    expect(act(world, 'court', 'freeze', { id: 'rv_9', order }).code).toBe('object_not_found');
  });

  it('between two signatures stops the second', () => {
    const world = confirmedClaim();
    tradeBetween(world, 'po_t', 'seller', 'other');
    const params = { child: 'rv_2', receiver: world.id('other'), tradeRef: 'po_t' };
    prepare(onClaim(world, 'seller', 'transfer', params));
    prepare(act(world, 'regulator', 'freeze', { id: 'rv_1', order: ORDER_REF }));
    expect(world.countersign('other', 'receivable', 'rv_1').code).toBe('object_is_frozen');
    expect(act(world, 'court', 'unfreeze', { id: 'rv_1', order: ORDER_REF }).code).toBe(
      'signer_not_party_to_object',
    );
    prepare(act(world, 'regulator', 'unfreeze', { id: 'rv_1', order: ORDER_REF }));
    expect(world.countersign('other', 'receivable', 'rv_1').code).toBe('success');
  });
});

const line = {
  order: 'po_1',
  lineNo: 1,
  quantity: { value: 1n, unit: 'C62', scale: 0 },
  amountMinor: 1_000n,
  taxMinor: 130n,
};

type World = ReturnType<typeof confirmedClaim>;

function pending(world: World): string {
  return world.records(pendingsOf('receivable')).at(-1)?.pendingId ?? '';
}
