import { type CborMap, type Day, dayFromTime } from '@triflow/protocol';
import { lien } from '../lien/index.js';
import { monitoring } from '../monitoring/index.js';
import { partyRegistry } from '../party-registry/index.js';
import { parties } from '../party-registry/keys.js';
import { payment } from '../payment/index.js';
import { obligations } from '../payment/keys.js';
import { hashOf } from '../payment/paymentWorld.js';
import { purchaseOrder } from '../purchase-order/index.js';
import { orders } from '../purchase-order/keys.js';
import {
  deliver,
  invoice,
  issue as issueOrder,
  onInvoice,
  submit as orderStep,
  prepare,
} from '../purchase-order/orderWorld.js';
import { type Given, given, type Outcome, type World } from '../testkit.js';
import { receivable } from './index.js';
import { claims } from './keys.js';

export const DAY_MS = 86_400_000;
/** The gross amount of the one invoice `in_1`: 100 pieces with tax, minor units. */
export const GROSS = 113_000n;

/** A debtor, its supplier and that one's suppliers, lenders, banks, the register, a court. */
export function claimWorld(parameters?: Given['parameters']): World {
  return given({
    contracts: [partyRegistry, payment, lien, monitoring, purchaseOrder, receivable],
    parties: {
      buyer: ['CORE', 'BUYER', 'LENDER'],
      seller: ['SUPPLIER', 'LENDER'],
      other: ['SUPPLIER'],
      third: ['SUPPLIER'],
      lender: ['LENDER'],
      lender2: ['LENDER'],
      carrier: ['CARRIER'],
      depot: ['WAREHOUSE'],
      bank: ['BANK'],
      bank2: ['BANK'],
      registry: ['REGISTRY'],
      court: ['COURT'],
      regulator: ['REGULATOR'],
      platform: ['PLATFORM'],
    },
    ...(parameters === undefined ? {} : { parameters }),
  });
}

export interface Trade {
  /** Of the order `po_1`, beside its usual terms. */
  readonly order?: CborMap;
  readonly size?: Readonly<Record<string, 'large' | 'government' | 'small' | 'medium'>>;
  readonly confirmed?: boolean;
  readonly parameters?: Given['parameters'];
}

/** The agreement of the seller to be paid by voucher. */
export const CLAUSE = { hash: hashOf('clause'), mediaType: 'application/pdf' };
export const ORDER_REF = { hash: hashOf('court order'), mediaType: 'application/pdf' };

/**
 * 100 pieces ordered at 10.00 with 13 % tax on 60 days, delivered, invoiced as `in_1`, matched and
 * confirmed, and a line of 10 million for the buyer.
 */
export function tradedWorld(trade: Trade = {}): World {
  const world = claimWorld(trade.parameters);
  for (const [alias, sizeClass] of Object.entries(trade.size ?? {})) {
    const party = world.must(parties, world.id(alias));
    world.plant(parties, [party.id], { ...party, sizeClass });
  }
  const terms = { paymentTerm: { basis: 'delivery', days: 60 }, nonCashClause: CLAUSE };
  prepare(issueOrder(world, { ...terms, ...trade.order }));
  prepare(orderStep(world, 'seller', 'accept_order', { id: 'po_1', expectedVersion: 1 }));
  deliver(world, 'dl_1', 100n);
  prepare(invoice(world, 'in_1', 100n));
  prepare(orderStep(world, 'other', 'match', { id: 'in_1' }));
  if (trade.confirmed !== false) prepare(onInvoice(world, 'buyer', 'confirm_invoice'));
  prepare(grant(world, 10_000_000n));
  return world;
}

/** A lender's line for the buyer. */
export function grant(world: World, minor: bigint, alias = 'lender'): Outcome {
  const limit = { minor, currency: 'CNY' };
  return act(world, alias, 'set_credit_line', { debtor: world.id('buyer'), limit });
}

/** The day as it is now. */
export function today(world: World): Day {
  return dayFromTime(world.nowMs());
}

/** The seller issues `rv_1` over the whole invoice, to fall due in 50 days. */
export function issueClaim(world: World, changes: CborMap = {}, alias = 'seller'): Outcome {
  return act(world, alias, 'issue', {
    id: 'rv_1',
    invoices: [{ invoice: 'in_1', minor: GROSS }],
    maturity: today(world) + 50,
    ...changes,
  });
}

/** An ACTIVE claim `rv_1` of the seller on the buyer. */
export function confirmedClaim(trade: Trade = {}, changes: CborMap = {}): World {
  const world = tradedWorld(trade);
  prepare(issueClaim(world, changes));
  prepare(onClaim(world, 'buyer', 'confirm'));
  return world;
}

/** A command on a claim, with its version as it is now. */
export function onClaim(world: World, alias: string, name: string, changes: CborMap = {}): Outcome {
  const { id, ...rest } = { id: 'rv_1', ...changes };
  return act(world, alias, name, { id, expectedVersion: versionOf(world, String(id)), ...rest });
}

/** A command that carries no version. */
export function act(world: World, alias: string, name: string, params: CborMap): Outcome {
  return world.submit(alias, 'receivable', name, params);
}

/** Opens a command on a claim and has the others sign. */
export function agreeOn(
  world: World,
  aliases: readonly string[],
  name: string,
  changes: CborMap = {},
): Outcome {
  const { id, ...rest } = { id: 'rv_1', ...changes };
  const expectedVersion = versionOf(world, String(id));
  return world.agree(aliases, 'receivable', name, { id, expectedVersion, ...rest });
}

/** An accepted order by which one party buys from another, as trade background. */
export function tradeBetween(world: World, id: string, buyer: string, seller: string): void {
  prepare(issueOrder(world, { id, seller: world.id(seller) }, buyer));
  prepare(orderStep(world, seller, 'accept_order', { id, expectedVersion: 1 }));
}

/** The holder hands a claim on to a supplier of its own. */
export function hand(
  world: World,
  [from, to]: readonly [from: string, to: string],
  changes: CborMap = {},
): Outcome {
  const tradeRef = `po_${from}-${to}`;
  if (world.read(orders, tradeRef) === undefined) tradeBetween(world, tradeRef, from, to);
  const params = { child: 'rv_2', receiver: world.id(to), tradeRef, ...changes };
  return agreeOn(world, [from, to], 'transfer', params);
}

/** Terms of a financing over the claim's 50 days at 4 % a year. */
export function financeTerms(changes: CborMap = {}): CborMap {
  return {
    kind: 'factoring',
    advance: { minor: 100_000n, currency: 'CNY' },
    rateBps: 400,
    dayCount: 360,
    recourse: true,
    costsMinor: 0n,
    ...changes,
  };
}

/** Lender and holder agree on a financing. */
export function agreeFinance(world: World, changes: CborMap = {}, aliases = ['lender', 'seller']) {
  return agreeOn(world, aliases, 'finance', financeTerms(changes));
}

/** The gateway of the register reports a filing of today, in force for a year. */
export function register(world: World, number: string, changes: CborMap = {}): Outcome {
  return act(world, 'registry', 'record_registration', {
    id: 'rv_1',
    registrationNo: number,
    registeredAt: world.nowMs(),
    registryValidTo: today(world) + 365,
    ...changes,
  });
}

/** A bank proves a payment of one party to another. */
export function pay(
  world: World,
  id: string,
  [payer, payee]: readonly [payer: string, payee: string],
  minor: bigint,
  changes: CborMap = {},
): Outcome {
  return world.submit('bank', 'payment', 'submit_proof', {
    id,
    payerBank: world.id('bank'),
    payeeBank: world.id('bank2'),
    payer: world.id(payer),
    payee: world.id(payee),
    bankReference: `REF-${id.slice(3)}`,
    amount: { minor, currency: 'CNY' },
    valueDay: today(world),
    payerAccountHash: hashOf('a'),
    payeeAccountHash: hashOf('b'),
    messageHash: hashOf(id),
    ...changes,
  });
}

/** A payment of the debtor to whom it is said, put to a claim's debt. */
export function payClaim(
  world: World,
  proof: string,
  { payee, minor, claim = 'rv_1' }: { payee: string; minor: bigint; claim?: string },
  changes: CborMap = {},
): Outcome {
  prepare(pay(world, proof, ['buyer', payee], minor, changes));
  const { obligation = '' } = world.must(claims, claim);
  const allocations = [{ obligation, minor }];
  return world.submit('buyer', 'payment', 'allocate', {
    id: proof,
    expectedVersion: 1,
    allocations,
  });
}

/** A FINANCED claim `rv_1` of the lender: registered, disbursed, the debtor notified or not. */
export function financedClaim(changes: CborMap = {}, notified = true, trade: Trade = {}): World {
  const world = confirmedClaim(trade);
  prepare(agreeFinance(world, changes));
  prepare(register(world, 'REG-1'));
  if (notified) prepare(act(world, 'seller', 'notify_debtor', { id: 'rv_1' }));
  prepare(pay(world, 'pp_advance', ['lender', 'seller'], 100_000n));
  prepare(onClaim(world, 'lender', 'complete_finance', { proof: 'pp_advance' }));
  return world;
}

/** A claim PLEDGED to the lender. */
export function pledgedClaim(): World {
  const world = confirmedClaim();
  const securedMax = { minor: 90_000n, currency: 'CNY' };
  prepare(
    agreeOn(world, ['seller', 'lender'], 'pledge', { lender: world.id('lender'), securedMax }),
  );
  prepare(register(world, 'REG-1'));
  return world;
}

/** Lets the claim's day come and makes it a debt. */
export function matured(world: World, id = 'rv_1'): World {
  toDay(world, world.must(claims, id).maturity);
  prepare(act(world, 'other', 'mature', { id }));
  return world;
}

/** Lets time go on to noon of a day. */
export function toDay(world: World, day: Day): void {
  world.setTime(Math.max(world.nowMs(), day * DAY_MS + 4 * 3_600_000));
}

/** One party declares that it controls another. */
export function relate(world: World, a: string, b: string): void {
  const relation = { id: world.id(a), other: world.id(b), kind: 'controls', evidence: ORDER_REF };
  prepare(world.submit(a, 'party-registry', 'declare_affiliation', relation));
}

/** The debt that a claim became. */
export function debtOf(world: World, id = 'rv_1') {
  return world.must(obligations, world.must(claims, id).obligation ?? '');
}

function versionOf(world: World, id: string): number {
  return world.read(claims, id)?.version ?? 1;
}
