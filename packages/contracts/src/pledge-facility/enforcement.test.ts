import { type CborMap, dayFromTime, endOfDay } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { liens, onAsset } from '../lien/keys.js';
import { obligations } from '../payment/keys.js';
import type { World } from '../testkit.js';
import { receipts } from '../warehouse-receipt/keys.js';
import { claims, distributions, facilities, saleParts, sales } from './keys.js';
import {
  accepted,
  byLender,
  cureFailedWorld,
  DAY_MS,
  defaultWorld,
  draw,
  establishedWorld,
  HOUR_MS,
  item,
  opening,
  payAndDistribute,
  quote,
  ref,
  register,
  revalue,
  saleOf,
  usd,
  withPledge,
  withProof,
  withReceipt,
} from './pledgeWorld.js';

const NAME = 'pledge-facility';
let world: World;

const facility = () => world.must(facilities, 'pl_oil');
const open = (extra: CborMap = {}) => byLender(world, 'open_enforcement', opening(extra));
const sell = (minor: bigint, extra: CborMap = {}) =>
  byLender(world, 'record_sale', saleOf(world, minor, extra));
const distribute = (params: CborMap) =>
  world.submit('stranger', NAME, 'distribute', { id: 'pl_oil', sale: 1, ...params }).code;
const linesOf = (sale = 1) =>
  world
    .must(distributions, ...saleParts('pl_oil', sale))
    .lines.map(({ part, amountMinor, articles }) => `${articles[0]} ${part} ${amountMinor}`);

describe('open_enforcement', () => {
  beforeEach(() => {
    world = defaultWorld();
  });

  it('a private-sale clause lets the lender sell or auction (Interp. 45)', () => {
    const outcome = accepted(open());
    expect(outcome.events[0]?.data).toMatchObject({ method: 'private_sale', right: 'agreed' });
    expect(facility()).toMatchObject({ state: 'ENFORCEMENT', enforcement: { sales: 0 } });
    expect(world.must(receipts, 'wr_oil').holder).toBe(world.id('holder'));
  });

  it('without the clause it needs the pledgor’s signature or a court’s order', () => {
    world = defaultWorld({ privateSaleAgreed: false });
    expect(open().code).toBe('no_right_of_private_sale');
    expect(open({ method: 'auction' }).code).toBe('no_right_of_private_sale');
    expect(open({ courtOrder: { court: world.id('stranger'), order: ref } }).code).toBe(
      'signer_lacks_role',
    );
    accepted(open({ method: 'auction', courtOrder: { court: world.id('court'), order: ref } }));
    expect(facility().state).toBe('DEFAULT');
    accepted(world.countersign('court', NAME, 'pl_oil'));
    expect(facility().enforcement).toMatchObject({
      right: 'court_order',
      court: world.id('court'),
    });
  });

  it('an agreed price needs the pledgor’s signature after the default, clause or not', () => {
    expect(open({ method: 'agreed_price' }).code).toBe('no_right_of_private_sale');
    accepted(open({ method: 'agreed_price', pledgorSigns: true }));
    expect(world.countersign('bank2', NAME, 'pl_oil').code).toBe('signer_not_party_to_object');
    accepted(world.countersign('holder', NAME, 'pl_oil'));
    expect(facility().enforcement).toMatchObject({ right: 'pledgor_signed' });
  });

  it('is the lender’s, in DEFAULT, at the version that stands', () => {
    expect(byLender(world, 'open_enforcement', opening(), 'bank2').code).toBe(
      'signer_not_party_to_object',
    );
    expect(byLender(world, 'open_enforcement', opening(), 'holder').code).toBe('signer_lacks_role');
    expect(open({ expectedVersion: 1 }).code).toBe('object_version_is_stale');
    expect(open({ id: 'pl_none' }).code).toBe('object_not_found');
    world = cureFailedWorld();
    expect(open().code).toBe('state_forbids_command');
  });

  it('every other creditor with a lien on the goods is told first', () => {
    const other = { ...world.must(liens, world.must(receipts, 'wr_oil').lien ?? '') };
    const mortgage = { ...other, id: 'ln_m', debtRef: 'rv_x', holder: world.id('bank2') };
    world.plant(liens, ['ln_m'], { ...mortgage, exclusive: false });
    plantOnAsset('ln_m');
    expect(open().code).toBe('juniors_not_notified');
    const outcome = accepted(open({ notices: [{ lien: 'ln_m', evidence: ref }] }));
    expect(outcome.events[0]?.data).toMatchObject({ notified: ['ln_m'] });
  });
});

/** Lists a planted lien on the oil beside the facility's own. */
function plantOnAsset(lien: string): void {
  const record = world.must(onAsset, 'wr_oil');
  const [own] = record.liens;
  if (own === undefined) return;
  const entry = { ...own, lien, exclusive: false };
  world.plant(onAsset, ['wr_oil'], { ...record, liens: [...record.liens, entry] });
}

describe('record_sale', () => {
  beforeEach(() => {
    world = defaultWorld();
    accepted(open());
  });

  it('states buyer, price and the market’s measure; the goods stay where they are', () => {
    const outcome = accepted(sell(470_000_000n));
    expect(outcome.events[0]?.data).toMatchObject({
      sale: 1,
      totalMinor: 470_000_000n,
      marketMinor: 480_000_000n,
      complete: true,
    });
    expect(world.must(sales, ...saleParts('pl_oil', 1))).toMatchObject({ state: 'RECORDED' });
    expect(world.must(receipts, 'wr_oil').holder).toBe(world.id('holder'));
    expect(sell(1n).code).toBe('state_forbids_command');
  });

  it('410, 436: a private sale without a market reference is refused', () => {
    expect(sell(470_000_000n, { marketReference: undefined }).code).toBe(
      'market_reference_missing',
    );
    world.advance(3 * DAY_MS);
    expect(sell(470_000_000n).code).toBe('market_reference_missing');
    const appraisal = { kind: 'appraisal', document: ref };
    expect(sell(470_000_000n, { marketReference: appraisal }).code).toBe('success');
  });

  it('an auction finds its own price', () => {
    world = defaultWorld();
    accepted(open({ method: 'auction' }));
    expect(sell(400_000_000n, { marketReference: undefined }).code).toBe('success');
  });

  it('401, 428: the lender takes the goods only at a price agreed after default', () => {
    expect(sell(470_000_000n, { buyer: world.id('bank') }).code).toBe('forfeiture_forbidden');
    expect(sell(470_000_000n, { payer: world.id('bank') }).code).toBe('forfeiture_forbidden');
    world = defaultWorld();
    accepted(open({ method: 'agreed_price', pledgorSigns: true }));
    accepted(world.countersign('holder', NAME, 'pl_oil'));
    accepted(sell(470_000_000n, { buyer: world.id('bank') }));
    expect(facility().enforcement?.sales).toBe(0);
    accepted(world.countersign('holder', NAME, 'pl_oil'));
    expect(facility().enforcement?.sales).toBe(1);
    const outcome = world.submit('stranger', NAME, 'distribute', { id: 'pl_oil', sale: 1 });
    accepted(outcome);
    expect(world.must(receipts, 'wr_oil')).toMatchObject({
      holder: world.id('bank'),
      state: 'FREE',
    });
  });

  it('sells pledged items once, at prices above zero, in the debt’s currency', () => {
    const twice = { asset: 'wr_oil', price: usd(1n) };
    expect(sell(1n, { assets: [twice, twice] }).code).toBe('item_listed_twice');
    expect(sell(0n).code).toBe('amount_must_be_positive');
    const yuan = { asset: 'wr_oil', price: { minor: 1n, currency: 'CNY' } };
    expect(sell(1n, { assets: [yuan] }).code).toBe('currency_does_not_match');
    const other = { asset: 'wr_none', price: usd(1n) };
    expect(sell(1n, { assets: [other] }).code).toBe('item_not_for_sale');
    expect(sell(1n, { costs: usd(0n) }).code).toBe('amount_must_be_positive');
    expect(sell(1n, { expectedVersion: 1 }).code).toBe('object_version_is_stale');
    expect(byLender(world, 'record_sale', saleOf(world, 1n), 'bank2').code).toBe(
      'signer_not_party_to_object',
    );
  });

  it('a frozen receipt is not for sale, nor one whose lien has lapsed', () => {
    const order = { id: 'wr_oil', order: ref };
    accepted(world.submit('court', 'warehouse-receipt', 'freeze', order));
    expect(sell(1n).code).toBe('object_is_frozen');
    accepted(world.submit('court', 'warehouse-receipt', 'unfreeze', order));
    world.advance(1_001 * DAY_MS);
    quote(world, 4_000n);
    expect(sell(1n).code).toBe('lien_not_effective');
  });
});

describe('distribute', () => {
  const owed = () => facility().debt.principalMinor;

  beforeEach(() => {
    world = defaultWorld({ rateBps: 0 });
    accepted(open());
  });

  it('438: what is over goes to the pledgor, and the lender owes it', () => {
    accepted(sell(500_000_000n, { costs: usd(1_000_000n) }));
    const outcome = accepted(payAndDistribute(world, 500_000_000n));
    expect(linesOf()).toEqual([
      '389 enforcement_costs 1000000',
      '415 principal 428904000',
      '438 surplus 70096000',
    ]);
    expect(outcome.events.map((event) => event.type)).toContain('proceeds.distributed');
    expect(facility()).toMatchObject({ state: 'CLOSED', items: [] });
    const [surplus] = world.records(obligations);
    expect(surplus).toMatchObject({
      debtor: world.id('bank'),
      creditor: world.id('holder'),
      amount: usd(70_096_000n),
      purpose: 'enforcement_share',
    });
    expect(world.must(receipts, 'wr_oil')).toMatchObject({
      holder: world.id('buyer'),
      state: 'FREE',
    });
    expect(world.read(onAsset, 'wr_oil')).toBeUndefined();
  });

  it('438: what is missing is owed on, without security', () => {
    accepted(sell(400_000_000n));
    accepted(payAndDistribute(world, 400_000_000n));
    expect(facility()).toMatchObject({ state: 'CLOSED', shortfallMinor: 28_904_000n });
    const [rest] = world.records(obligations);
    expect(rest).toMatchObject({
      debtor: world.id('holder'),
      creditor: world.id('bank'),
      amount: usd(28_904_000n),
      purpose: 'pledge_shortfall',
      securedMinor: 0n,
    });
  });

  it('needs the proved proceeds: of this buyer, enough, unused', () => {
    accepted(sell(400_000_000n));
    expect(distribute({})).toBe('payment_not_proved');
    withProof(world, 'pp_little', 399_999_999n, { payer: world.id('buyer') });
    expect(distribute({ proof: 'pp_little' })).toBe('payment_not_proved');
    withProof(world, 'pp_other', 400_000_000n);
    expect(distribute({ proof: 'pp_other' })).toBe('payment_not_proved');
    expect(distribute({ sale: 2, proof: 'pp_other' })).toBe('reference_not_found');
    expect(distribute({ id: 'pl_none' })).toBe('object_not_found');
    accepted(payAndDistribute(world, 400_000_000n));
    expect(distribute({ proof: 'pp_sale1' })).toBe('state_forbids_command');
  });

  it('shares a sale once, and goes on while there is more to sell', () => {
    world = twoReceipts();
    accepted(open());
    accepted(sell(100_000_000n));
    accepted(payAndDistribute(world, 100_000_000n));
    expect(facility()).toMatchObject({ state: 'ENFORCEMENT', enforcement: { distributed: 1 } });
    expect(distribute({ proof: 'pp_sale1' })).toBe('sale_already_distributed');
    const assets = [{ asset: 'wr_more', price: usd(50_000_000n) }];
    accepted(sell(0n, { assets }));
    expect(facility().enforcement?.complete).toBe(true);
    accepted(payAndDistribute(world, 50_000_000n, 2));
    expect(facility().state).toBe('CLOSED');
    expect(facility().shortfallMinor).toBe(428_904_000n - 150_000_000n);
  });

  it('stops when the debt is paid: what was not sold is free again', () => {
    world = twoReceipts();
    accepted(open());
    accepted(sell(430_000_000n));
    accepted(payAndDistribute(world, 430_000_000n));
    expect(facility().state).toBe('CLOSED');
    expect(world.must(receipts, 'wr_more')).toMatchObject({
      state: 'FREE',
      holder: world.id('holder'),
    });
  });

  it('takes `complete` for the lender’s word that nothing more is sold', () => {
    world = twoReceipts();
    accepted(open());
    accepted(sell(100_000_000n, { complete: true }));
    accepted(payAndDistribute(world, 100_000_000n));
    expect(facility()).toMatchObject({ state: 'CLOSED', shortfallMinor: 328_904_000n });
    expect(world.must(receipts, 'wr_more').state).toBe('FREE');
  });

  it('while a sale is open the facility is not closed and its receipts are not split', () => {
    accepted(sell(400_000_000n));
    withProof(world, 'pp_all', owed());
    accepted(world.submit('holder', NAME, 'repay', { id: 'pl_oil', proof: 'pp_all' }));
    expect(byLender(world, 'repay_and_release', {}).code).toBe('sale_is_open');
    const { version } = world.must(receipts, 'wr_oil');
    const parts = [60_000n, 60_000n].map((value, index) => ({
      id: `wr_part${index}`,
      quantity: { value, unit: 'BLL', scale: 0 },
    }));
    const split = { id: 'wr_oil', expectedVersion: version, parts };
    expect(world.submit('holder', 'warehouse-receipt', 'split', split).code).toBe('sale_is_open');
  });
});

/** A second pledged receipt beside the first, then the same failure. */
function twoReceipts(): World {
  world = establishedWorld({ rateBps: 0 });
  withReceipt(world, 'wr_more', 'lt_oil', 100n);
  register(world, withPledge(world, 'wr_more'));
  const added = { id: 'pl_oil', item: item('wr_more') };
  accepted(world.agree(['holder', 'supervisor', 'bank'], NAME, 'add_item', added));
  accepted(draw(world, 428_904_000n));
  quote(world, 4_000n);
  accepted(revalue(world));
  world.advance(2 * DAY_MS - HOUR_MS);
  quote(world, 4_000n);
  world.advance(2 * HOUR_MS);
  accepted(byLender(world, 'fail_cure', {}));
  accepted(byLender(world, 'declare_default', { event: 'cure_failed' }));
  return world;
}

describe('state_claim', () => {
  const claim = (extra: CborMap = {}) => ({
    id: 'pl_oil',
    lien: 'ln_m',
    costsMinor: 1n,
    interestMinor: 2n,
    principalMinor: 3n,
    evidence: ref,
    ...extra,
  });
  const state = (alias: string, extra: CborMap = {}) =>
    world.submit(alias, NAME, 'state_claim', claim(extra)).code;

  beforeEach(() => {
    world = defaultWorld();
    const own = world.must(liens, world.must(receipts, 'wr_oil').lien ?? '');
    const other = { ...own, id: 'ln_m', debtRef: 'rv_x', holder: world.id('bank2') };
    world.plant(liens, ['ln_m'], { ...other, exclusive: false });
    plantOnAsset('ln_m');
  });

  it('is made by the holder of another lien on the goods, once the enforcement is open', () => {
    expect(state('bank2')).toBe('state_forbids_command');
    accepted(open({ notices: [{ lien: 'ln_m', evidence: ref }] }));
    expect(state('bank')).toBe('signer_not_party_to_object');
    expect(state('bank2', { lien: 'ln_none' })).toBe('object_not_found');
    const own = world.must(receipts, 'wr_oil').lien ?? '';
    expect(state('bank', { lien: own })).toBe('claim_belongs_to_facility');
    expect(state('bank2')).toBe('success');
    expect(world.must(claims, 'pl_oil', world.id('bank2'), 'rv_x')).toMatchObject({
      holder: world.id('bank2'),
      stated: { costsMinor: 1n, interestMinor: 2n, principalMinor: 3n },
      paidMinor: 0n,
    });
  });

  it('a lien on other goods gives no claim on these', () => {
    accepted(open({ notices: [{ lien: 'ln_m', evidence: ref }] }));
    const other = world.must(liens, 'ln_m');
    world.plant(liens, ['ln_far'], {
      ...other,
      id: 'ln_far',
      asset: { kind: 'lot', id: 'lt_far' },
    });
    expect(state('bank2', { lien: 'ln_far' })).toBe('reference_not_found');
  });
});

describe('distribute along the ranks', () => {
  /** A mortgage of another creditor, registered a day after the pledge was. */
  const mortgage = (extra: object = {}): void => {
    const own = world.must(liens, world.must(receipts, 'wr_oil').lien ?? '');
    const later = (own.publicity.registeredAt ?? 0) + DAY_MS;
    const publicity = { ...own.publicity, registrationNo: 'R-m', registeredAt: later };
    const other = { ...own, id: 'ln_m', class: 'MORTGAGE', debtRef: 'rv_x', exclusive: false };
    const max = { holder: world.id('bank2'), securedMax: usd(50_000_000n) };
    const filed = { ...publicity, controlAt: undefined, controlBy: undefined };
    world.plant(liens, ['ln_m'], { ...other, ...max, publicity: filed, ...extra } as never);
    plantOnAsset('ln_m');
  };
  const notices = [{ lien: 'ln_m', evidence: ref }];

  beforeEach(() => {
    world = defaultWorld({ rateBps: 0 });
  });

  it('a junior that states nothing has its maximum kept back before the pledgor gets any', () => {
    mortgage();
    accepted(open({ notices }));
    accepted(sell(500_000_000n));
    accepted(payAndDistribute(world, 500_000_000n));
    expect(linesOf()).toEqual([
      '415 principal 428904000',
      '414 reserved 50000000',
      '438 surplus 21096000',
    ]);
    const sums = world.records(obligations).map((one) => one.amount.minor);
    expect(sums.sort((a, b) => Number(a - b))).toEqual([21_096_000n, 50_000_000n]);
  });

  it('a junior that states its claim gets costs, interest, principal, and no more (561)', () => {
    mortgage();
    accepted(open({ notices }));
    const parts = { costsMinor: 1n, interestMinor: 2n, principalMinor: 3n };
    const stated = { id: 'pl_oil', lien: 'ln_m', ...parts, evidence: ref };
    accepted(world.submit('bank2', NAME, 'state_claim', stated));
    accepted(sell(428_904_005n));
    accepted(payAndDistribute(world, 428_904_005n));
    expect(linesOf()).toEqual([
      '415 principal 428904000',
      '414 costs 1',
      '414 interest 2',
      '414 principal 2',
    ]);
    expect(world.must(claims, 'pl_oil', world.id('bank2'), 'rv_x').paidMinor).toBe(5n);
    expect(world.must(claims, 'pl_oil', world.id('bank'), 'pl_oil').paidMinor).toBe(428_904_000n);
  });

  it('an earlier mortgage goes first, the pledge takes what it leaves (415)', () => {
    const own = world.must(liens, world.must(receipts, 'wr_oil').lien ?? '');
    const before = (own.publicity.registeredAt ?? 0) - DAY_MS;
    const publicity = { ...own.publicity, registrationNo: 'R-m', registeredAt: before };
    mortgage({ publicity: { ...publicity, controlAt: undefined, controlBy: undefined } });
    accepted(open({ notices }));
    accepted(sell(60_000_000n, { complete: true }));
    accepted(payAndDistribute(world, 60_000_000n));
    expect(linesOf()).toEqual(['414 reserved 50000000', '415 principal 10000000']);
    expect(facility().shortfallMinor).toBe(418_904_000n);
  });

  it('where the statute gives no order nothing is distributed', () => {
    const own = world.must(liens, world.must(receipts, 'wr_oil').lien ?? '');
    const deliveredOn = dayFromTime(own.publicity.registeredAt ?? 0);
    const publicity = { ...own.publicity, registrationNo: 'R-m', deliveredOn };
    const filed = { ...publicity, controlAt: undefined, controlBy: undefined };
    const grantor = world.id('buyer');
    mortgage({ class: 'PURCHASE_MONEY', securesPrice: true, publicity: filed, grantor });
    accepted(open({ notices }));
    accepted(sell(60_000_000n));
    expect(payAndDistribute(world, 60_000_000n).code).toBe('priority_not_determined');
  });
});

describe('early_sale (433)', () => {
  const early = (extra: CborMap = {}, alias = 'bank') =>
    byLender(
      world,
      'early_sale',
      { method: 'auction', demand: ref, refusal: ref, proceeds: 'deposit', notices: [], ...extra },
      alias,
    );

  beforeEach(() => {
    world = cureFailedWorld({ rateBps: 0, privateSaleAgreed: false });
  });

  it('value fell, security was demanded and refused: the pledgee sells before the debt is due', () => {
    accepted(early());
    expect(facility()).toMatchObject({
      state: 'ENFORCEMENT',
      enforcement: { cause: 'early_sale', right: 'statute', proceeds: 'deposit' },
    });
  });

  it('deposited proceeds wait until the debt is due', () => {
    accepted(early());
    accepted(sell(440_000_000n));
    expect(payAndDistribute(world, 440_000_000n).code).toBe('debt_not_due');
    world.setTime(endOfDay(facility().maturity) + 1);
    expect(dayFromTime(world.nowMs())).toBeGreaterThan(facility().maturity);
    expect(distribute({ proof: 'pp_sale1' })).toBe('success');
  });

  it('prepaying takes the pledgor’s agreement', () => {
    accepted(early({ proceeds: 'prepay' }));
    expect(facility().state).toBe('CURE_FAILED');
    accepted(world.countersign('holder', NAME, 'pl_oil'));
    accepted(sell(440_000_000n));
    accepted(payAndDistribute(world, 440_000_000n));
    expect(facility().state).toBe('CLOSED');
  });

  it('only where value clearly fell at prices that can be used', () => {
    // 10 % below the price of the draw is clear, a cent less is not.
    world.plant(facilities, ['pl_oil'], { ...facility(), cureToBps: 5_000 });
    quote(world, 5_362n);
    expect(early().code).toBe('value_did_not_fall');
    quote(world, 5_361n);
    expect(early().code).toBe('success');
    world = cureFailedWorld();
    world.advance(3 * DAY_MS);
    expect(early().code).toBe('price_is_stale');
    quote(world, 6_100n);
    expect(early().code).toBe('margin_call_is_cured');
  });

  it('only of a pledge', () => {
    const id = world.must(receipts, 'wr_oil').lien ?? '';
    world.plant(liens, [id], { ...world.must(liens, id), class: 'MORTGAGE' });
    expect(early().code).toBe('early_sale_needs_pledge');
  });

  it('is the lender’s, after a cure that failed', () => {
    expect(early({}, 'bank2').code).toBe('signer_not_party_to_object');
    expect(early({ expectedVersion: 1 }).code).toBe('object_version_is_stale');
    expect(early({ id: 'pl_none' }).code).toBe('object_not_found');
    accepted(byLender(world, 'declare_default', { event: 'cure_failed' }));
    expect(early().code).toBe('state_forbids_command');
  });
});
