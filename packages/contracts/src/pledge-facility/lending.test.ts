import { dayFromTime } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { proofs } from '../payment/keys.js';
import type { World } from '../testkit.js';
import { receipts } from '../warehouse-receipt/keys.js';
import { facilities } from './keys.js';
import {
  accepted,
  attest,
  barrels,
  DAY_MS,
  draw,
  establishedWorld,
  HOUR_MS,
  item,
  liensOn,
  quote,
  ref,
  register,
  revalue,
  usd,
  withLot,
  withPledge,
  withProof,
  withReceipt,
} from './pledgeWorld.js';

const NAME = 'pledge-facility';
/** 60 % of 120,000 barrels at 59.57 dollars. */
const MOST = 428_904_000n;
let world: World;

const code = (alias: string, name: string, params: object) =>
  world.submit(alias, NAME, name, params as never).code;
const facility = () => world.must(facilities, 'pl_oil');
const version = () => facility().version;

beforeEach(() => {
  world = establishedWorld();
});

describe('draw', () => {
  it('goes exactly to 60 % and not one cent further', () => {
    expect(draw(world, MOST + 1n).code).toBe('ltv_too_high');
    const outcome = accepted(draw(world, MOST));
    const drawn = outcome.events.find((event) => event.type === 'facility.drawn');
    expect(drawn?.data).toMatchObject({
      debtMinor: MOST,
      valueMinor: 714_840_000n,
      ltvBps: 6_000,
      line: 'none',
      amount: usd(MOST),
    });
    expect(facility()).toMatchObject({ state: 'NORMAL', debt: { principalMinor: MOST } });
    expect(draw(world, 1n).code).toBe('ltv_too_high');
    // F1: what is owed already counts.
    expect(draw(world, 500_000_001n - MOST).code).toBe('limit_exceeded');
  });

  it('asks the guards again at the lender’s signature', () => {
    const params = { id: 'pl_oil', expectedVersion: version(), amount: usd(MOST) };
    accepted(world.submit('holder', NAME, 'draw', params));
    quote(world, 5_000n);
    expect(world.countersign('bank', NAME, 'pl_oil').code).toBe('ltv_too_high');
    expect(facility().state).toBe('ESTABLISHED');
  });

  it('is an offer: what stands between blocks nothing', () => {
    const params = { id: 'pl_oil', expectedVersion: version(), amount: usd(1_000n) };
    accepted(world.submit('holder', NAME, 'draw', params));
    accepted(revalue(world));
    accepted(draw(world, 2_000n));
    expect(facility().debt.principalMinor).toBe(2_000n);
  });

  it('refuses what it must, in the documented order', () => {
    const params = (extra = {}) => ({
      id: 'pl_oil',
      expectedVersion: version(),
      amount: usd(100n),
      ...extra,
    });
    expect(code('holder', 'draw', params({ id: 'pl_none' }))).toBe('object_not_found');
    expect(code('bank', 'draw', params())).toBe('signer_not_party_to_object');
    expect(code('holder', 'draw', params({ expectedVersion: 1 }))).toBe('object_version_is_stale');
    const yuan = { minor: 100n, currency: 'CNY' };
    expect(code('holder', 'draw', params({ amount: yuan }))).toBe('currency_does_not_match');
    expect(code('holder', 'draw', params({ amount: usd(0n) }))).toBe('amount_must_be_positive');
    expect(code('holder', 'draw', params({ amount: usd(500_000_001n) }))).toBe('limit_exceeded');
    world.advance(400 * DAY_MS);
    expect(code('holder', 'draw', params())).toBe('deadline_has_passed');
  });

  it('wants every lien effective and registered', () => {
    world = establishedWorld();
    withReceipt(world, 'wr_more', 'lt_oil', 1_000n);
    const lien = withPledge(world, 'wr_more');
    const added = { id: 'pl_oil', item: item('wr_more') };
    accepted(world.agree(['holder', 'supervisor', 'bank'], NAME, 'add_item', added));
    expect(draw(world, 100n).code).toBe('lien_not_effective');
    register(world, lien);
    expect(draw(world, 100n).code).toBe('success');
  });

  it('with basis `endorsement` a lien is effective, and still must be registered', () => {
    const extra = { lien: { receiptPledgeBasis: 'endorsement' } };
    world = establishedWorld({}, extra, false);
    expect(draw(world, 100n).code).toBe('lien_not_registered');
  });

  it('a registration that lapsed counts as none', () => {
    world = establishedWorld({ maturity: 30_000 });
    world.advance(1_001 * DAY_MS);
    quote(world, 5_957n);
    expect(draw(world, 100n).code).toBe('lien_not_effective');
  });

  it('says so when cover is missing for want of a fresh or final price', () => {
    world.advance(3 * DAY_MS);
    expect(draw(world, 100n).code).toBe('price_is_stale');
    quote(world, 5_957n);
    quote(world, 20_000n);
    expect(draw(world, 100n).code).toBe('price_not_final');
  });

  it('names an item whose pledge is gone', () => {
    const release = { id: 'wr_oil', expectedVersion: 2 };
    accepted(world.submit('bank', 'warehouse-receipt', 'release', release));
    expect(draw(world, 100n).code).toBe('item_not_pledged');
  });
});

describe('what an item counts', () => {
  const leftOut = () => {
    const outcome = accepted(revalue(world));
    const valued = outcome.events.find((event) => event.type === 'facility.revalued');
    return { reasons: valued?.data.leftOut, value: valued?.data.valueMinor };
  };
  const nothing = (reason: string) => ({ reasons: [{ asset: 'wr_oil', reason }], value: 0n });

  it('a stale price is never used silently', () => {
    world.advance(3 * DAY_MS);
    expect(leftOut()).toEqual(nothing('price_is_stale'));
  });

  it('nor one that waits for its second round', () => {
    quote(world, 20_000n);
    expect(leftOut()).toEqual(nothing('price_not_final'));
  });

  it('nor goods whose verification is over, until the supervisor renews it', () => {
    world = establishedWorld({ items: [item('wr_oil', { verifiedWithinMs: HOUR_MS })] });
    world.advance(2 * HOUR_MS);
    expect(leftOut()).toEqual(nothing('verification_expired'));
    attest(world);
    expect(leftOut()).toMatchObject({ reasons: [], value: 714_840_000n });
  });

  it('nor frozen goods', () => {
    const order = { id: 'wr_oil', order: ref };
    accepted(world.submit('court', 'warehouse-receipt', 'freeze', order));
    expect(leftOut()).toEqual(nothing('item_is_frozen'));
  });

  it('nor goods past their storage period', () => {
    world.advance(402 * DAY_MS);
    attest(world);
    quote(world, 5_957n);
    expect(leftOut()).toEqual(nothing('storage_period_over'));
  });

  it('nor uninsured goods where insurance is asked for', () => {
    world = establishedWorld({ items: [item('wr_oil', { insuranceRequired: true })] });
    expect(leftOut()).toEqual(nothing('insurance_missing'));
    const receipt = world.must(receipts, 'wr_oil');
    const today = dayFromTime(world.nowMs());
    const insurance = {
      insured: true as const,
      amount: usd(1_000_000n),
      period: { from: today, to: today + 30 },
      insurer: 'Harbour Insurance',
    };
    world.plant(receipts, ['wr_oil'], { ...receipt, items: { ...receipt.items, insurance } });
    expect(leftOut()).toMatchObject({ reasons: [], value: 714_840_000n });
    world.advance(31 * DAY_MS);
    quote(world, 5_957n);
    expect(leftOut()).toEqual(nothing('insurance_missing'));
  });

  it('nor goods in another unit than their price', () => {
    const receipt = world.must(receipts, 'wr_oil');
    const quantity = { value: 1n, unit: 'TNE', scale: 0 };
    world.plant(receipts, ['wr_oil'], { ...receipt, quantity });
    expect(leftOut()).toEqual(nothing('unit_does_not_match'));
  });

  it('nor what cannot be written down', () => {
    const receipt = world.must(receipts, 'wr_oil');
    world.plant(receipts, ['wr_oil'], { ...receipt, quantity: barrels(2n ** 62n) });
    expect(leftOut()).toEqual(nothing('amount_out_of_range'));
  });

  it('a receipt that is no longer pledged drops out at the next valuation', () => {
    const release = { id: 'wr_oil', expectedVersion: 2 };
    accepted(world.submit('bank', 'warehouse-receipt', 'release', release));
    expect(leftOut()).toEqual(nothing('item_not_pledged'));
    expect(facility().items).toEqual([]);
  });

  it('a haircut and a cap lower what counts, a negative price counts whole', () => {
    const cap = { value: 50n, currency: 'USD', unit: 'BLL', scale: 0 };
    world = establishedWorld({ items: [item('wr_oil', { haircutBps: 1_000, priceCap: cap })] });
    expect(leftOut().value).toBe(120_000n * 45n);
    quote(world, -3_763n);
    quote(world, -3_763n);
    expect(leftOut().value).toBe(-120_000n * 3_763n);
  });
});

describe('repay', () => {
  const repay = (alias: string, proof: string, id = 'pl_oil') =>
    code(alias, 'repay', { id, proof });

  it('takes an accepted proof, costs before interest before principal', () => {
    accepted(draw(world, MOST));
    const costs = { id: 'pl_oil', amount: usd(500_000n), evidence: ref };
    accepted(world.agree(['bank', 'holder'], NAME, 'record_costs', costs));
    world.advance(30 * DAY_MS);
    quote(world, 5_957n);
    withProof(world, 'pp_1', 3_000_000n);
    const outcome = accepted(
      world.submit('holder', NAME, 'repay', { id: 'pl_oil', proof: 'pp_1' }),
    );
    const repaid = outcome.events.find((event) => event.type === 'facility.repaid');
    expect(repaid?.data).toMatchObject({
      paidMinor: 3_000_000n,
      costsMinor: 500_000n,
      interestMinor: 2_144_520n,
      principalMinor: 355_480n,
    });
    expect(facility().debt).toMatchObject({ principalMinor: MOST - 355_480n, costsMinor: 0n });
    expect(world.must(proofs, 'pp_1').usedMinor).toBe(3_000_000n);
  });

  it('leaves free what is more than is owed', () => {
    accepted(draw(world, 1_000n));
    withProof(world, 'pp_1', 1_500n);
    expect(repay('holder', 'pp_1')).toBe('success');
    expect(facility().debt.principalMinor).toBe(0n);
    expect(world.must(proofs, 'pp_1').usedMinor).toBe(1_000n);
    expect(repay('holder', 'pp_1')).toBe('nothing_is_owed');
  });

  it('refuses what it must', () => {
    withProof(world, 'pp_1', 500n);
    withProof(world, 'pp_2', 500n, { payer: world.id('buyer') });
    withProof(world, 'pp_3', 500n, { amount: { minor: 5n, currency: 'CNY' } });
    expect(repay('holder', 'pp_1')).toBe('nothing_is_owed');
    accepted(draw(world, 1_000n));
    expect(repay('holder', 'pp_1', 'pl_none')).toBe('object_not_found');
    expect(repay('buyer', 'pp_1')).toBe('signer_not_party_to_object');
    expect(repay('holder', 'pp_none')).toBe('payment_not_proved');
    expect(repay('holder', 'pp_2')).toBe('payment_not_proved');
    expect(repay('holder', 'pp_3')).toBe('currency_does_not_match');
    expect(repay('holder', 'pp_1')).toBe('success');
    expect(repay('holder', 'pp_1')).toBe('payment_proof_reused');
  });

  it('does not come before the facility lives', () => {
    world.plant(facilities, ['pl_oil'], { ...facility(), state: 'CONTROL_PENDING' });
    expect(repay('holder', 'pp_1')).toBe('state_forbids_command');
  });
});

describe('record_costs', () => {
  it('is owed once the pledgor has accepted it, and stays within the limit', () => {
    const costs = (extra = {}) => ({ id: 'pl_oil', amount: usd(500n), evidence: ref, ...extra });
    expect(code('bank', 'record_costs', costs({ id: 'pl_none' }))).toBe('object_not_found');
    expect(code('bank2', 'record_costs', costs())).toBe('signer_not_party_to_object');
    const yuan = { minor: 1n, currency: 'CNY' };
    expect(code('bank', 'record_costs', costs({ amount: yuan }))).toBe('currency_does_not_match');
    expect(code('bank', 'record_costs', costs({ amount: usd(0n) }))).toBe(
      'amount_must_be_positive',
    );
    expect(code('bank', 'record_costs', costs({ amount: usd(500_000_001n) }))).toBe(
      'limit_exceeded',
    );
    accepted(world.agree(['bank', 'holder'], NAME, 'record_costs', costs()));
    expect(facility()).toMatchObject({ state: 'NORMAL', debt: { costsMinor: 500n } });
    world.plant(facilities, ['pl_oil'], { ...facility(), state: 'DEFAULT' });
    expect(code('bank', 'record_costs', costs())).toBe('state_forbids_command');
  });
});

describe('add_item and release_item', () => {
  const add = (extra = {}) => ({ id: 'pl_oil', item: item('wr_more', extra) });

  beforeEach(() => {
    withReceipt(world, 'wr_more', 'lt_oil', 60_000n);
  });

  it('adds goods that are pledged to the facility, verified by the supervisor', () => {
    expect(code('holder', 'add_item', add())).toBe('item_not_pledged');
    register(world, withPledge(world, 'wr_more'));
    expect(code('bank', 'add_item', add())).toBe('signer_not_party_to_object');
    expect(code('holder', 'add_item', { ...add(), id: 'pl_none' })).toBe('object_not_found');
    expect(code('holder', 'add_item', add({ feed: 'pf_none' }))).toBe('reference_not_found');
    expect(code('holder', 'add_item', add({ asset: 'wr_oil' }))).toBe('item_listed_twice');
    accepted(world.agree(['holder', 'supervisor', 'bank'], NAME, 'add_item', add()));
    expect(facility().items).toHaveLength(2);
    expect(facility().valuation?.valueMinor).toBe(180_000n * 5_957n);
  });

  it('F3: lets an item go only if what stays covers the debt', () => {
    register(world, withPledge(world, 'wr_more'));
    accepted(world.agree(['holder', 'supervisor', 'bank'], NAME, 'add_item', add()));
    accepted(draw(world, MOST));
    const release = (asset: string) => ({ id: 'pl_oil', expectedVersion: version(), asset });
    expect(code('bank2', 'release_item', release('wr_more'))).toBe('signer_not_party_to_object');
    expect(code('supervisor', 'release_item', release('wr_more'))).toBe(
      'signer_not_party_to_object',
    );
    expect(code('bank', 'release_item', release('wr_none'))).toBe('item_not_pledged');
    const stale = { ...release('wr_more'), expectedVersion: 1 };
    expect(code('bank', 'release_item', stale)).toBe('object_version_is_stale');
    expect(code('bank', 'release_item', { ...stale, id: 'pl_none' })).toBe('object_not_found');
    expect(code('bank', 'release_item', release('wr_oil'))).toBe('release_would_breach_ltv');
    expect(code('bank', 'release_item', release('wr_more'))).toBe('success');
    expect(world.must(receipts, 'wr_more').state).toBe('FREE');
    expect(liensOn(world, 'wr_more')).toEqual([]);
    expect(facility().items.map((one) => one.asset)).toEqual(['wr_oil']);
  });

  it('a floating pledge has floors of value and quantity, within which the supervisor acts', () => {
    const floors = { kind: 'floating', floorQuantity: barrels(120_000n) };
    world = establishedWorld(floors);
    withReceipt(world, 'wr_more', 'lt_oil', 60_000n);
    register(world, withPledge(world, 'wr_more'));
    accepted(world.agree(['holder', 'supervisor', 'bank'], NAME, 'add_item', add()));
    const release = (asset: string) => ({ id: 'pl_oil', expectedVersion: version(), asset });
    expect(code('supervisor', 'release_item', release('wr_oil'))).toBe('below_floor');
    expect(code('supervisor', 'release_item', release('wr_more'))).toBe('success');
    world = establishedWorld({ floorValueMinor: 714_840_000n });
    expect(code('bank', 'release_item', release('wr_oil'))).toBe('below_floor');
  });

  it('releases a lot that is charged as goods through its lien', () => {
    withLot(world, 'lt_own', 1_000n, { owner: world.id('holder'), mode: 'identified' });
    const charge = {
      id: 'ln_own',
      asset: { kind: 'lot', id: 'lt_own' },
      class: 'PLEDGE_GOODS',
      holder: world.id('bank'),
      securedMax: usd(1_000n),
      debtRef: 'pl_oil',
      titlePassesOnDefault: false,
      junior: false,
    };
    accepted(world.agree(['holder', 'bank'], 'lien', 'create', charge));
    const added = { id: 'pl_oil', item: item('lt_own') };
    accepted(world.agree(['holder', 'supervisor', 'bank'], NAME, 'add_item', added));
    const release = { id: 'pl_oil', expectedVersion: version(), asset: 'lt_own' };
    expect(code('bank', 'release_item', release)).toBe('success');
    expect(liensOn(world, 'lt_own')).toEqual([]);
  });

  it('does not release in a margin call', () => {
    accepted(draw(world, MOST));
    quote(world, 4_000n);
    accepted(revalue(world));
    const release = { id: 'pl_oil', expectedVersion: version(), asset: 'wr_oil' };
    expect(code('bank', 'release_item', release)).toBe('state_forbids_command');
  });
});

describe('repay_and_release', () => {
  it('closes a facility whose debt is paid and frees its goods', () => {
    accepted(draw(world, 1_000n));
    const close = () => ({ id: 'pl_oil', expectedVersion: version() });
    expect(code('bank', 'repay_and_release', { ...close(), id: 'pl_no' })).toBe('object_not_found');
    expect(code('bank2', 'repay_and_release', close())).toBe('signer_not_party_to_object');
    expect(code('bank', 'repay_and_release', { ...close(), expectedVersion: 1 })).toBe(
      'object_version_is_stale',
    );
    expect(code('bank', 'repay_and_release', close())).toBe('debt_not_repaid');
    withProof(world, 'pp_1', 1_000n);
    accepted(world.submit('holder', NAME, 'repay', { id: 'pl_oil', proof: 'pp_1' }));
    const outcome = accepted(world.submit('bank', NAME, 'repay_and_release', close()));
    expect(outcome.events.map((event) => event.type)).toEqual([
      'facility.closed',
      'receipt.released',
      'lien.released',
    ]);
    expect(facility()).toMatchObject({ state: 'CLOSED', items: [] });
    expect(world.must(receipts, 'wr_oil').state).toBe('FREE');
    expect(code('bank', 'repay_and_release', close())).toBe('state_forbids_command');
    expect(revalue(world).code).toBe('state_forbids_command');
  });
});
