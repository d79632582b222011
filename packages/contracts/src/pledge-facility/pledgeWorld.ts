import { type CborMap, dayFromTime, defined, isOk } from '@triflow/protocol';
import { lien } from '../lien/index.js';
import { liens, onAsset } from '../lien/keys.js';
import { partyRegistry } from '../party-registry/index.js';
import { payment } from '../payment/index.js';
import { priceFeed } from '../price-feed/index.js';
import { feeds } from '../price-feed/keys.js';
import { type Given, given, type Outcome, type World } from '../testkit.js';
import { warehouseReceipt } from '../warehouse-receipt/index.js';
import { receipts } from '../warehouse-receipt/keys.js';
import { pledgeFacility } from './index.js';
import { facilities } from './keys.js';

/**
 * A world for tests of receipts, liens and facilities: crude oil in a tank, a facility in US
 * dollars on it, three oracles. Quantities are barrels (BLL), prices cents a barrel.
 */
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export const ref = {
  hash: `sha256:${'ab'.repeat(32)}`,
  mediaType: 'application/pdf',
} as const;

export const parties: Given['parties'] = {
  governor: ['GOVERNOR'],
  keeper: ['WAREHOUSE'],
  keeper2: ['WAREHOUSE'],
  holder: ['SUPPLIER'],
  buyer: ['BUYER'],
  bank: ['LENDER'],
  bank2: ['LENDER'],
  payingBank: ['BANK'],
  supervisor: ['SUPERVISOR'],
  supervisor2: ['SUPERVISOR'],
  registry: ['REGISTRY'],
  oracle1: ['ORACLE'],
  oracle2: ['ORACLE'],
  oracle3: ['ORACLE'],
  court: ['COURT'],
  stranger: ['CARRIER'],
  platform: ['PLATFORM'],
};

/** Parties and contracts, nothing else yet. */
export function emptyWorld(parameters?: Given['parameters'], more: Given['contracts'] = []): World {
  const base = [partyRegistry, priceFeed, payment, lien, warehouseReceipt, pledgeFacility];
  const contracts = [...base, ...more];
  return given({ contracts, parties, ...(parameters === undefined ? {} : { parameters }) });
}

/** Fails the test where a step that prepares it is refused. */
export function accepted(outcome: Outcome): Outcome {
  if (isOk(outcome)) return outcome;
  throw new RefusedStep(`${outcome.contract}: ${outcome.code}`);
}

class RefusedStep extends Error {
  override readonly name = 'RefusedStep';
}

/** Barrels. */
export function barrels(value: bigint): { value: bigint; unit: string; scale: number } {
  return { value, unit: 'BLL', scale: 0 };
}

/** US dollars in cents. */
export function usd(minor: bigint): { minor: bigint; currency: string } {
  return { minor, currency: 'USD' };
}

/** A digest that differs for each text. */
export function digestOf(text: string): string {
  const hex = [...text].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return `sha256:${hex.padStart(64, '0').slice(-64)}`;
}

/** The eight statutory items, complete. */
export function statedItems(world: World, days = 400): CborMap {
  const today = dayFromTime(world.nowMs());
  return {
    depositor: { name: 'Eastern Oil', address: '1 Harbour Road, Zhoushan' },
    goods: {
      variety: 'crude oil, Brent blend',
      quality: 'API 38, sulphur 0.37 %',
      packaging: 'bulk',
      pieces: 0,
      marks: 'none',
    },
    lossStandardBps: 30,
    place: 'Tank T-07, Zhoushan',
    storagePeriod: { from: today, to: today + days },
    fee: { amount: { minor: 1_200_000, currency: 'CNY' }, terms: 'monthly in arrears' },
    insurance: { insured: false },
    placeOfIssue: 'Zhoushan',
  };
}

/** A lot with goods on hand. */
export function withLot(world: World, id: string, value: bigint, extra: CborMap = {}): void {
  const lot = { id, sku: 'CRUDE-BRENT', grade: 'standard', unit: 'BLL', scale: 0 };
  const terms = { mode: 'commingled', lossStandardBps: 30, ...extra };
  accepted(world.submit('keeper', 'warehouse-receipt', 'create_lot', { ...lot, ...terms }));
  const goods = { id, quantity: barrels(value), slots: [], weighing: digestOf(`in ${id}`) };
  accepted(world.submit('keeper', 'warehouse-receipt', 'gate_in', goods));
}

/** A receipt held by `holder`. */
export function withReceipt(world: World, id: string, lot: string, value: bigint): void {
  const terms = { id, lot, holder: world.id('holder'), quantity: barrels(value) };
  const stated = { items: statedItems(world), inspection: ref };
  accepted(world.submit('keeper', 'warehouse-receipt', 'issue', { ...terms, ...stated }));
}

/** A feed of three oracles, two of which make a price. */
export function withFeed(world: World, extra: CborMap = {}): void {
  const oracles = ['oracle1', 'oracle2', 'oracle3'].map((alias) => world.id(alias));
  const ware = { id: 'pf_brent', sku: 'CRUDE-BRENT', currency: 'USD', unit: 'BLL', scale: 0 };
  const rules = {
    oracles,
    quorum: 2,
    windowMs: HOUR_MS,
    staleAfterMs: 2 * DAY_MS,
    maxMoveBps: 10_000,
    confirmWithinBps: 500,
  };
  accepted(world.submit('governor', 'price-feed', 'create_feed', { ...ware, ...rules, ...extra }));
}

/** Two oracles quote the same price now. */
export function quote(world: World, value: bigint, sourceDay?: number): void {
  const round = world.must(feeds, 'pf_brent').lastRound + 1;
  const observedAt = world.nowMs();
  const quoted = { id: 'pf_brent', round, value, observedAt };
  const params = sourceDay === undefined ? quoted : { ...quoted, sourceDay };
  accepted(world.submit('oracle1', 'price-feed', 'submit_quote', params));
  accepted(world.submit('oracle2', 'price-feed', 'submit_quote', params));
}

/** An item priced by the feed. */
export function item(asset: string, extra: CborMap = {}): CborMap {
  const terms = { asset, feed: 'pf_brent', haircutBps: 0 };
  return { ...terms, verifiedWithinMs: 366 * DAY_MS, insuranceRequired: false, ...extra };
}

/** The terms of the demonstration: 60 % to draw, lines at 65, 75 and 85 %, cure to 60 %. */
export function facilityTerms(world: World, extra: CborMap = {}): CborMap {
  return {
    id: 'pl_oil',
    lender: world.id('bank'),
    kind: 'static',
    limit: usd(500_000_000n),
    initialLtvBps: 6_000,
    warningBps: 6_500,
    marginCallBps: 7_500,
    disposalBps: 8_500,
    cureToBps: 6_000,
    cureMs: 2 * DAY_MS,
    maturity: dayFromTime(world.nowMs()) + 360,
    rateBps: 600,
    dayCount: 360,
    privateSaleAgreed: true,
    defaultEvents: ['insolvency'],
    items: [item('wr_oil')],
    titlePassesOnDefault: false,
    stocktakeRequired: false,
    devicesRequired: false,
    ...extra,
  };
}

/** Agreement signed by lender, pledgor and supervisor: CONTROL_PENDING. */
export function withAgreement(world: World, extra: CborMap = {}): void {
  const terms = facilityTerms(world, extra);
  accepted(world.agree(['holder', 'bank'], 'pledge-facility', 'apply', terms));
  const agreement = {
    id: 'pl_oil',
    expectedVersion: 1,
    supervisor: world.id('supervisor'),
    engagedBy: world.id('bank'),
    agreement: ref,
  };
  const signers = ['bank', 'holder', 'supervisor'];
  accepted(world.agree(signers, 'pledge-facility', 'sign_agreement', agreement));
}

/** Pledges a receipt to the facility; its lien waits for registration. */
export function withPledge(world: World, id: string, facility = 'pl_oil'): string {
  const { version } = world.must(receipts, id);
  const params = { id, expectedVersion: version, facility, affiliationAccepted: false };
  accepted(world.agree(['holder', 'bank', 'keeper'], 'warehouse-receipt', 'pledge', params));
  return defined(world.must(receipts, id).lien, 'pledged without a lien');
}

/** The national register's number and time for a lien. */
export function register(world: World, id: string, extra: CborMap = {}): Outcome {
  const publicity = {
    kind: 'registration',
    registrationNo: `R-${world.must(liens, id).debtRef.replaceAll('_', '-')}`,
    registeredAt: world.nowMs(),
    registryValidTo: dayFromTime(world.nowMs()) + 1_000,
    ...extra,
  };
  return accepted(world.submit('registry', 'lien', 'record_publicity', { id, publicity }));
}

/** 120,000 barrels at 59.57 USD pledged to an ESTABLISHED facility, nothing drawn. */
export function establishedWorld(
  extra: CborMap = {},
  parameters: Given['parameters'] = {},
  registered = true,
  more: Given['contracts'] = [],
): World {
  const world = emptyWorld(parameters, more);
  withLot(world, 'lt_oil', 240_000n);
  withReceipt(world, 'wr_oil', 'lt_oil', 120_000n);
  withFeed(world);
  quote(world, 5_957n);
  withAgreement(world, extra);
  const lienId = withPledge(world, 'wr_oil');
  if (registered) register(world, lienId);
  attest(world);
  return world;
}

/** The supervisor attests control now. */
export function attest(world: World): Outcome {
  const params = { id: 'pl_oil', evidence: ref };
  return accepted(world.submit('supervisor', 'pledge-facility', 'attest_control', params));
}

/** Draws in cents, signed by both. */
export function draw(world: World, minor: bigint): Outcome {
  const { version } = world.must(facilities, 'pl_oil');
  const params = { id: 'pl_oil', expectedVersion: version, amount: usd(minor) };
  return world.agree(['holder', 'bank'], 'pledge-facility', 'draw', params);
}

/** Has the facility valued by a stranger. */
export function revalue(world: World): Outcome {
  return world.submit('stranger', 'pledge-facility', 'revalue', { id: 'pl_oil' });
}

/** A bank's proof that the pledgor paid the lender. */
export function withProof(world: World, id: string, minor: bigint, extra: CborMap = {}): void {
  const proof = {
    id,
    payerBank: world.id('payingBank'),
    payeeBank: world.id('payingBank'),
    payer: world.id('holder'),
    payee: world.id('bank'),
    bankReference: id.replaceAll('_', '-'),
    amount: usd(minor),
    valueDay: dayFromTime(world.nowMs()),
    payerAccountHash: digestOf('payer'),
    payeeAccountHash: digestOf('payee'),
    messageHash: digestOf(id),
    ...extra,
  };
  accepted(world.submit('payingBank', 'payment', 'submit_proof', proof));
}

/** The ids of the live liens on an asset. */
export function liensOn(world: World, asset: string): readonly string[] {
  return (world.read(onAsset, asset)?.liens ?? []).map((entry) => entry.lien);
}

/** A call that was not answered: most of the value drawn, the price down, the deadline over. */
export function cureFailedWorld(extra: CborMap = {}, price = 4_000n): World {
  const world = establishedWorld(extra);
  accepted(draw(world, 428_904_000n));
  quote(world, price);
  accepted(revalue(world));
  world.advance(2 * DAY_MS - HOUR_MS);
  quote(world, price);
  world.advance(2 * HOUR_MS);
  const { version } = world.must(facilities, 'pl_oil');
  const params = { id: 'pl_oil', expectedVersion: version };
  accepted(world.submit('bank', 'pledge-facility', 'fail_cure', params));
  return world;
}

/** The lender has declared the default after a failed cure. */
export function defaultWorld(extra: CborMap = {}, price = 4_000n): World {
  const world = cureFailedWorld(extra, price);
  accepted(byLender(world, 'declare_default', { event: 'cure_failed' }));
  return world;
}

/** A command of the lender on the facility as it stands. */
export function byLender(world: World, name: string, params: CborMap, alias = 'bank'): Outcome {
  const { version } = world.must(facilities, 'pl_oil');
  const changed = { id: 'pl_oil', expectedVersion: version, ...params };
  return world.submit(alias, 'pledge-facility', name, changed);
}

/** How an enforcement is opened; private sale, as the agreement allows. */
export function opening(extra: CborMap = {}): CborMap {
  return { method: 'private_sale', pledgorSigns: false, notices: [], ...extra };
}

/** A sale of one asset to a buyer, measured by the feed. */
export function saleOf(world: World, minor: bigint, extra: CborMap = {}): CborMap {
  return {
    assets: [{ asset: 'wr_oil', price: usd(minor) }],
    buyer: world.id('buyer'),
    marketReference: { kind: 'feed', feed: 'pf_brent' },
    evidence: ref,
    complete: false,
    ...extra,
  };
}

/** The buyer has paid the lender; then anyone has the proceeds shared. */
export function payAndDistribute(world: World, minor: bigint, sale = 1): Outcome {
  const proof = `pp_sale${sale}`;
  withProof(world, proof, minor, { payer: world.id('buyer') });
  return world.submit('stranger', 'pledge-facility', 'distribute', { id: 'pl_oil', sale, proof });
}

/** The supervisor counts a lot for the bank, and both sign. */
export function countLot(world: World, id: string, value: bigint): void {
  const act = (alias: string, name: string, params: CborMap) =>
    accepted(world.submit(alias, 'warehouse-receipt', name, { id, ...params }));
  act('bank', 'open_stocktake', { counter: world.id('supervisor'), blind: true });
  act('supervisor', 'count', { stocktake: 1, counted: barrels(value), evidence: ref });
  act('keeper', 'reconcile', { stocktake: 1 });
  act('supervisor', 'sign_stocktake', { stocktake: 1 });
  accepted(world.countersign('bank', 'warehouse-receipt', id));
}
