import { type CborMap, dayFromTime, defined, isOk } from '@triflow/protocol';
import { lien } from '../lien/index.js';
import { monitoring } from '../monitoring/index.js';
import { partyRegistry } from '../party-registry/index.js';
import { parties } from '../party-registry/keys.js';
import { payment } from '../payment/index.js';
import { type Given, given, type Outcome, type World } from '../testkit.js';
import { purchaseOrder } from './index.js';
import { deliveries, invoices, orders } from './keys.js';

export const DAY_MS = 86_400_000;

/** A buyer, sellers, carriers, a warehouse that receives for the buyer, and a bank. */
export function orderWorld(parameters?: Given['parameters']): World {
  return given({
    contracts: [partyRegistry, payment, lien, monitoring, purchaseOrder],
    parties: {
      buyer: ['BUYER'],
      seller: ['SUPPLIER'],
      other: ['SUPPLIER'],
      carrier: ['CARRIER'],
      carrier2: ['CARRIER'],
      depot: ['WAREHOUSE'],
      bank: ['BANK'],
      bank2: ['BANK'],
      lender: ['LENDER'],
    },
    ...(parameters === undefined ? {} : { parameters }),
  });
}

/** Makes the buyer an enterprise or institution of another size class. */
export function resize(
  world: World,
  alias: string,
  sizeClass: 'large' | 'micro' | 'government',
): void {
  const party = world.must(parties, world.id(alias));
  world.plant(parties, [party.id], { ...party, sizeClass });
}

/** A line of 100 pieces at 10.00 yuan, 13 % tax, 5 % tolerance. */
export function line(changes: CborMap = {}): CborMap {
  return {
    lineNo: 1,
    sku: 'BOLT-M8',
    ordered: { value: 100n, unit: 'C62', scale: 0 },
    unitPrice: { value: 1_000n, currency: 'CNY', unit: 'C62', scale: 0 },
    taxBps: 1_300,
    overDeliveryBps: 500,
    ...changes,
  };
}

/** The buyer orders 100 pieces as `po_1`. */
export function issue(world: World, changes: CborMap = {}, alias = 'buyer'): Outcome {
  return submit(world, alias, 'issue_order', {
    id: 'po_1',
    seller: world.id('seller'),
    currency: 'CNY',
    lines: [line()],
    paymentTerm: { basis: 'delivery', days: 30 },
    ...changes,
  });
}

/** An accepted order `po_1`. */
export function orderedWorld(changes: CborMap = {}): World {
  const world = orderWorld();
  prepare(issue(world, changes));
  prepare(submit(world, 'seller', 'accept_order', { id: 'po_1', expectedVersion: 1 }));
  return world;
}

/** The seller ships a quantity of line 1. */
export function ship(world: World, id: string, value: bigint, changes: CborMap = {}): Outcome {
  const quantity = { value, unit: 'C62', scale: 0 };
  const params = { id, order: 'po_1', lines: [{ lineNo: 1, quantity }], ...changes };
  return submit(world, 'seller', 'ship', params);
}

/** The seller hands a delivery to the buyer. */
export function arrive(world: World, id: string, changes: CborMap = {}): Outcome {
  const { version } = world.must(deliveries, id);
  const params = { id, receiver: world.id('buyer'), expectedVersion: version, ...changes };
  return world.agree(['seller', 'buyer'], 'purchase-order', 'hand_over', params);
}

/** The buyer judges line 1 of a delivery. */
export function judge(
  world: World,
  id: string,
  parts: { accepted?: bigint; rejected?: bigint; lost?: bigint },
  changes: CborMap = {},
): Outcome {
  const { version } = world.must(deliveries, id);
  const { accepted = 0n, rejected = 0n, lost = 0n } = parts;
  const lines = [{ lineNo: 1, unit: 'C62', scale: 0, accepted, rejected, lost }];
  const params = { id, expectedVersion: version, lines, ...changes };
  return submit(world, 'buyer', 'accept_delivery', params);
}

/** Ships, hands over and accepts a quantity. */
export function deliver(world: World, id: string, value: bigint): void {
  prepare(ship(world, id, value));
  prepare(arrive(world, id));
  prepare(judge(world, id, { accepted: value }));
}

/** An invoice over a quantity at the order's price and tax. */
export function invoice(
  world: World,
  id: string,
  value: bigint,
  changes: CborMap = {},
  alias = 'seller',
): Outcome {
  const net = value * 1_000n;
  const tax = (net * 1_300n) / 10_000n;
  const quantity = { value, unit: 'C62', scale: 0 };
  const only = { order: 'po_1', lineNo: 1, quantity, amountMinor: net, taxMinor: tax };
  return submit(world, alias, 'register_invoice', {
    id,
    buyer: world.id('buyer'),
    sellerTaxId: '9144030071526726XG',
    buyerTaxId: '91440300708461136T',
    code: '044001900111',
    number: `0000${id.slice(3)}`,
    amount: { minor: net, currency: 'CNY' },
    tax: { minor: tax, currency: 'CNY' },
    issueDay: dayFromTime(world.nowMs()),
    lines: [only],
    ...changes,
  });
}

/** A command with the object's version as it is now. */
export function onInvoice(world: World, alias: string, name: string, changes: CborMap = {}) {
  const id = String(changes.id ?? 'in_1');
  const { version } = defined(world.read(invoices, id), `no ${id}`);
  return submit(world, alias, name, { id, expectedVersion: version, ...changes });
}

/** A confirmed invoice `in_1` over 100 pieces: 113,000 minor units with tax. */
export function confirmedWorld(changes: CborMap = {}): World {
  const world = orderedWorld(changes);
  deliver(world, 'dl_1', 100n);
  prepare(invoice(world, 'in_1', 100n));
  prepare(submit(world, 'other', 'match', { id: 'in_1' }));
  prepare(onInvoice(world, 'buyer', 'confirm_invoice'));
  return world;
}

/** The version of `po_1` as it is now. */
export function orderVersion(world: World): number {
  return world.must(orders, 'po_1').version;
}

/** One command of this contract. */
export function submit(world: World, alias: string, name: string, params: CborMap): Outcome {
  return world.submit(alias, 'purchase-order', name, params);
}

/** Fails the test where a step that prepares it is refused. */
export function prepare(outcome: Outcome): Outcome {
  if (!isOk(outcome)) throw new RefusedStep(`${outcome.contract}: ${outcome.code}`);
  return outcome;
}

class RefusedStep extends Error {
  override readonly name = 'RefusedStep';
}
