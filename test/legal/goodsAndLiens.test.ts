import { opposable, ordinaryBuyer } from '@triflow/contracts';
import { receipts, requests } from '@triflow/contracts/schemas';
import type { World } from '@triflow/contracts/testkit';
import { dayFromTime } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  accepted,
  charge,
  DAY_MS,
  eightItems,
  facility,
  goodsWorld,
  issue,
  issueOf,
  lienOf,
  orderOf,
  pledge,
  rankOf,
  ref,
  register,
  report,
  store,
  yuan,
} from '../goodsWorld.js';

/** Golden legal tests of receipts and liens (domain section 5). */
let world: World;
const NAME = 'warehouse-receipt';

beforeEach(() => {
  world = goodsWorld();
  store(world, 'lt_1', 1_000n);
});

describe('receipts', () => {
  it.each([
    'depositor',
    'goods',
    'lossStandardBps',
    'place',
    'storagePeriod',
    'fee',
    'insurance',
    'placeOfIssue',
  ])('908, 909: without %s the keeper issues nothing', (missing) => {
    const { [missing]: _left, ...items } = eightItems(world);
    const params = { ...issueOf(world, 'wr_1', 'lt_1', 10n), items };
    expect(world.submit('keeper', NAME, 'issue', params).code).toBe('statutory_item_missing');
  });

  it('910: while the keeper is silent the holder is unchanged', () => {
    issue(world, 'wr_1', 'lt_1', 10n);
    const params = { id: 'wr_1', expectedVersion: 1, to: world.id('buyer') };
    accepted(world.agree(['holder', 'buyer'], NAME, 'transfer', params));
    expect(world.must(receipts, 'wr_1').holder).toBe(world.id('holder'));
    accepted(world.countersign('keeper', NAME, 'wr_1'));
    expect(world.must(receipts, 'wr_1').holder).toBe(world.id('buyer'));
  });

  it('911: asked, and the deadline past: flag', () => {
    issue(world, 'wr_1', 'lt_1', 10n);
    const asked = { id: 'wr_1', note: 'a sample of each coil' };
    accepted(world.submit('holder', NAME, 'request_sample', asked));
    world.advance(4 * DAY_MS);
    accepted(world.submit('buyer', NAME, 'flag_request', { id: 'wr_1', request: 1 }));
    expect(world.must(requests, 'wr_1', '1').flaggedAt).toBe(world.nowMs());
  });

  it('441, Interp. 59(1): countersigned t1, registered t2: effective t2 under `both`', () => {
    issue(world, 'wr_1', 'lt_1', 10n);
    facility(world, 'wr_1');
    accepted(pledge(world, 'wr_1'));
    const id = world.must(receipts, 'wr_1').lien ?? '';
    expect(lienOf(world, id).state).toBe('PROPOSED');
    world.advance(DAY_MS);
    const t2 = world.nowMs();
    register(world, id);
    expect(lienOf(world, id)).toMatchObject({ state: 'EFFECTIVE', effectiveAt: t2 });
  });

  it('442: a receipt that ends before the debt is flagged when it is pledged', () => {
    issue(world, 'wr_1', 'lt_1', 10n);
    facility(world, 'wr_1');
    const { events } = accepted(pledge(world, 'wr_1'));
    const pledged = events.find(({ type }) => type === 'receipt.pledged');
    expect(pledged?.data.flags).toEqual(['term_mismatch']);
  });

  it('431, 434: a pledged receipt is not used or pledged again by the lender alone', () => {
    issue(world, 'wr_1', 'lt_1', 10n);
    facility(world, 'wr_1');
    accepted(pledge(world, 'wr_1'));
    const { version } = world.must(receipts, 'wr_1');
    const again = { id: 'wr_1', expectedVersion: version, facility: 'pl_1' };
    const byLender = { ...again, affiliationAccepted: true };
    expect(world.submit('bank', NAME, 'pledge', byLender).code).toBe('signer_not_party_to_object');
    const move = { id: 'wr_1', expectedVersion: version, to: world.id('bank2') };
    expect(world.submit('bank', NAME, 'transfer', move).code).toBe('signer_not_party_to_object');
  });
});

describe('making liens', () => {
  it('401, 428: "ours on default" is refused', () => {
    const clause = { titlePassesOnDefault: true };
    expect(charge(world, 'ln_1', 'bank', clause).code).toBe('forfeiture_clause_forbidden');
  });

  it('Interp. 55: agreed day 1, control day 9: effective day 9', () => {
    facility(world, 'lt_1');
    accepted(charge(world, 'ln_1', 'bank', { class: 'PLEDGE_GOODS', debtRef: 'pl_1' }));
    world.advance(8 * DAY_MS);
    const controlAt = world.nowMs();
    const control = { id: 'ln_1', publicity: { kind: 'control', controlAt } };
    expect(lienOf(world, 'ln_1').state).toBe('PROPOSED');
    accepted(world.submit('supervisor', 'lien', 'record_publicity', control));
    expect(lienOf(world, 'ln_1')).toMatchObject({ state: 'EFFECTIVE', effectiveAt: controlAt });
  });

  it('Interp. 55: control by a supervisor close to the pledgor: never', () => {
    facility(world, 'lt_1');
    accepted(charge(world, 'ln_1', 'bank', { class: 'PLEDGE_GOODS', debtRef: 'pl_1' }));
    const close = { other: world.id('holder'), kind: 'common_control', evidence: ref };
    const declared = { id: world.id('supervisor'), ...close };
    accepted(world.submit('supervisor', 'party-registry', 'declare_affiliation', declared));
    const control = { id: 'ln_1', publicity: { kind: 'control', controlAt: world.nowMs() } };
    const outcome = world.submit('supervisor', 'lien', 'record_publicity', control);
    expect(outcome.code).toBe('supervisor_not_independent');
  });

  it('411: due and unpaid: crystallised, later stock stays outside', async () => {
    const stock = { kind: 'stock', id: world.id('holder') };
    const covers = { skus: ['STEEL'], warehouses: [] };
    const floating = { class: 'FLOATING_MORTGAGE', asset: stock, covers };
    accepted(charge(world, 'ln_f', 'bank', floating));
    expect(await orderOf(world)).toEqual([['ln_f']]);
    const event = { event: 'due_unpaid', evidence: ref };
    const fix = { id: 'ln_f', expectedVersion: 1, ...event };
    accepted(world.submit('bank', 'lien', 'crystallise', fix));
    store(world, 'lt_2', 10n);
    expect(await orderOf(world)).toEqual([['ln_f']]);
    expect((await rankOf(world, 'lt_2')).excluded).toEqual([
      { lien: 'ln_f', reason: 'joined_after_crystallisation', articles: ['411'] },
    ]);
  });
});

describe('order of right', () => {
  const pm = (deliveredOn: number) => ({
    class: 'PURCHASE_MONEY',
    securesPrice: true,
    deliveredOn,
  });
  const floatingMortgage = () => ({
    class: 'FLOATING_MORTGAGE',
    asset: { kind: 'stock', id: world.id('holder') },
    covers: { skus: [], warehouses: [] },
  });

  it('414: M1 day 5, M2 day 3, M3 unregistered: M2, M1, M3', async () => {
    for (const [id, bank] of [
      ['ln_m1', 'bank'],
      ['ln_m2', 'bank2'],
      ['ln_m3', 'bank3'],
    ] as const) {
      accepted(charge(world, id, bank));
    }
    world.advance(3 * DAY_MS);
    register(world, 'ln_m2');
    world.advance(2 * DAY_MS);
    register(world, 'ln_m1');
    expect(await orderOf(world)).toEqual([['ln_m2'], ['ln_m1'], ['ln_m3']]);
  });

  it('414(3): unregistered mortgages share pro rata', async () => {
    accepted(charge(world, 'ln_m1', 'bank'));
    accepted(charge(world, 'ln_m2', 'bank2'));
    const { groups } = await rankOf(world, 'lt_1');
    expect(groups).toMatchObject([
      { lienIds: ['ln_m1', 'ln_m2'], sharing: 'pro_rata', articles: ['414(3)'] },
    ]);
  });

  it('415: delivered day 2, registered day 3: the pledge first', async () => {
    accepted(charge(world, 'ln_m', 'bank'));
    world.advance(2 * DAY_MS);
    const controlAt = world.nowMs();
    accepted(report(world, 'ln_p', { class: 'PLEDGE_GOODS', publicity: { controlAt } }));
    world.advance(DAY_MS);
    register(world, 'ln_m');
    expect(await orderOf(world)).toEqual([['ln_p'], ['ln_m']]);
  });

  it.each([
    [10, [['ln_p'], ['ln_f']]],
    [11, [['ln_f'], ['ln_p']]],
  ])('416, Interp. 57: registered %d days after delivery', async (days, order) => {
    accepted(charge(world, 'ln_f', 'bank', floatingMortgage()));
    register(world, 'ln_f');
    world.advance(DAY_MS);
    accepted(charge(world, 'ln_p', 'bank2', pm(dayFromTime(world.nowMs()))));
    world.advance(days * DAY_MS);
    register(world, 'ln_p');
    expect(await orderOf(world)).toEqual(order);
  });

  it('416: several purchase-money creditors by registration', async () => {
    const today = dayFromTime(world.nowMs());
    accepted(charge(world, 'ln_a', 'bank', pm(today)));
    accepted(charge(world, 'ln_b', 'bank2', pm(today)));
    register(world, 'ln_b');
    world.advance(DAY_MS);
    register(world, 'ln_a');
    expect(await orderOf(world)).toEqual([['ln_b'], ['ln_a']]);
  });

  it('456, 457: who retains is first; goods gone: excluded', async () => {
    accepted(charge(world, 'ln_m', 'bank'));
    register(world, 'ln_m');
    const claim = { securedMax: yuan(80n), debtRef: 'ob_fee', evidence: ref, perishable: false };
    const asset = { kind: 'lot', id: 'lt_1' };
    const retained = { id: 'ln_r', asset, ...claim, basis: 'same_legal_relation' };
    accepted(world.submit('keeper', 'lien', 'assert_retention', retained));
    expect(await orderOf(world)).toEqual([['ln_r'], ['ln_m']]);
    accepted(report(world, 'ln_x', { class: 'RETENTION', publicity: { possession: false } }));
    expect((await rankOf(world, 'lt_1')).excluded).toMatchObject([
      { lien: 'ln_x', reason: 'possession_ended', articles: ['457'] },
    ]);
  });

  it('Interp. 59(2): receipt and goods charged: as published; unknown: pro rata', async () => {
    issue(world, 'wr_1', 'lt_1', 500n);
    const onReceipt = { asset: { kind: 'receipt', id: 'wr_1' }, class: 'PLEDGE_RECEIPT' };
    const filed = { registrationNo: 'N-R', registeredAt: world.nowMs(), registryValidTo: 90_000 };
    const published = { ...filed, controlAt: world.nowMs() };
    accepted(report(world, 'ln_a', { ...onReceipt, publicity: published }));
    world.advance(DAY_MS);
    accepted(
      report(world, 'ln_b', { class: 'PLEDGE_GOODS', publicity: { controlAt: world.nowMs() } }),
    );
    expect(await orderOf(world, 'wr_1')).toEqual([['ln_a'], ['ln_b']]);
  });

  it('Interp. 59(3): several receipts, times unknown: pro rata', async () => {
    issue(world, 'wr_1', 'lt_1', 500n);
    const onReceipt = { asset: { kind: 'receipt', id: 'wr_1' }, class: 'PLEDGE_RECEIPT' };
    for (const id of ['ln_u', 'ln_v']) {
      const at = world.nowMs();
      const known = { registeredAt: at, registryValidTo: 90_000, controlAt: at };
      accepted(report(world, id, { ...onReceipt, publicity: { timeUnknown: true, ...known } }));
    }
    const { groups, flags } = await rankOf(world, 'wr_1');
    expect(flags).toEqual([]);
    expect(groups).toMatchObject([{ lienIds: ['ln_u', 'ln_v'], sharing: 'pro_rata' }]);
  });

  it('an earlier owner’s creditor against the buyer’s purchase money: needs_determination', async () => {
    const earlier = { grantor: 'uscc:EARLIER' };
    const publicity = {
      registrationNo: 'N-0',
      registeredAt: world.nowMs(),
      registryValidTo: 90_000,
    };
    accepted(report(world, 'ln_e', { ...earlier, publicity }));
    world.advance(DAY_MS);
    accepted(charge(world, 'ln_p', 'bank', pm(dayFromTime(world.nowMs()))));
    register(world, 'ln_p');
    const { groups, flags } = await rankOf(world, 'lt_1');
    expect(groups).toEqual([]);
    expect(flags).toMatchObject([{ flag: 'needs_determination' }]);
  });

  it('768, Interp. 66: F1 notice only, F2 registered later: F2; neither: pro rata', async () => {
    const claim = { asset: { kind: 'claim', id: 'rv_1' }, class: 'FACTORING' };
    accepted(report(world, 'ln_f1', { ...claim, publicity: { noticeAt: world.nowMs() } }));
    accepted(report(world, 'ln_f3', claim));
    accepted(report(world, 'ln_f4', claim));
    world.advance(DAY_MS);
    const filed = { registrationNo: 'N-2', registeredAt: world.nowMs(), registryValidTo: 90_000 };
    accepted(report(world, 'ln_f2', { ...claim, publicity: filed }));
    expect(await orderOf(world, 'rv_1')).toEqual([['ln_f2'], ['ln_f1'], ['ln_f3', 'ln_f4']]);
  });

  it('445: an unregistered pledge of a claim is excluded', async () => {
    const claim = { asset: { kind: 'claim', id: 'rv_1' }, class: 'RECEIVABLE_PLEDGE' };
    accepted(report(world, 'ln_p', claim));
    expect(await rankOf(world, 'rv_1')).toMatchObject({
      groups: [],
      excluded: [{ lien: 'ln_p', reason: 'not_registered', articles: ['445'] }],
    });
  });
});

describe('third parties', () => {
  const sale = {
    withinLicensedScope: true,
    soldContinuously: true,
    reasonablePricePaid: true,
    goodsDelivered: true,
    abnormalQuantity: false,
    productionEquipment: false,
    saleAsSecurity: false,
    controlRelation: 'not_affiliated',
    omittedSearch: false,
  } as const;

  it('404, Interp. 56: a normal paid sale: free of mortgages, never of pledges', () => {
    const { takesFree, freeOf } = ordinaryBuyer(sale);
    expect(takesFree).toBe(true);
    expect(freeOf).toContain('MORTGAGE');
    expect(freeOf).not.toContain('PLEDGE_GOODS');
  });

  it.each([
    ['withinLicensedScope', false, 'outside_licensed_scope'],
    ['soldContinuously', false, 'not_sold_continuously'],
    ['reasonablePricePaid', false, 'reasonable_price_not_paid'],
    ['goodsDelivered', false, 'goods_not_delivered'],
    ['abnormalQuantity', true, 'abnormal_quantity'],
    ['productionEquipment', true, 'production_equipment'],
    ['saleAsSecurity', true, 'sale_as_security'],
    ['controlRelation', 'affiliated', 'control_relation'],
    ['controlRelation', 'search_incomplete', 'control_relation'],
    ['omittedSearch', true, 'register_not_searched'],
  ])('404, Interp. 56: %s %s: not free', (fact, value, obstacle) => {
    const answer = ordinaryBuyer({ ...sale, [fact]: value });
    expect(answer).toMatchObject({ takesFree: false, freeOf: [], obstacles: [obstacle] });
  });

  it('403, Interp. 54: unregistered, not good against a bona fide buyer in possession', () => {
    accepted(charge(world, 'ln_m', 'bank'));
    const today = dayFromTime(world.nowMs());
    const buyer = { kind: 'buyer_or_lessee', inPossession: true, knew: false } as const;
    const good = (third: Parameters<typeof opposable>[1]) =>
      opposable(lienOf(world, 'ln_m'), third, today).good;
    expect(good(buyer)).toBe(false);
    expect(good({ ...buyer, knew: true })).toBe(true);
    expect(good({ ...buyer, inPossession: false })).toBe(true);
    expect(good({ kind: 'seizing_creditor' })).toBe(false);
    expect(good({ kind: 'bankruptcy_creditors' })).toBe(false);
    register(world, 'ln_m');
    expect(good(buyer)).toBe(true);
  });
});
