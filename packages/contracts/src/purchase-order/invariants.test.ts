import { type CborMap, dayFromTime, defined } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { lien } from '../lien/index.js';
import { claimants, stages } from '../lien/keys.js';
import { payment } from '../payment/index.js';
import { invariants as paymentInvariants } from '../payment/invariants.js';
import { machine, type RandomStep, runSteps } from '../runSteps.js';
import { pendingsOf, type World } from '../testkit.js';
import { invariants } from './invariants.js';
import { deliveries, invoices, orders } from './keys.js';
import { lifecycle } from './lifecycle.js';
import { confirmedWorld, deliver, line, orderedWorld } from './orderWorld.js';
import type { OrderLine } from './schema.js';
import { statusCodes } from './statusCodes.js';

const ALIASES = ['buyer', 'seller', 'carrier', 'depot', 'other', 'lender'] as const;

/** Orders 0 to 8, invoices 9 to 17, signatures 18 and up; the way to a paid invoice more often. */
const KINDS = [
  0, 1, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 6, 7, 8, 9, 9, 10, 10, 11, 12, 12, 13, 14, 15, 15, 16, 17, 18,
  19, 20, 21, 22, 23, 24, 25,
] as const;

interface Choice {
  readonly kind: number;
  readonly who: number;
  readonly a: number;
  readonly value: number;
  readonly part: number;
}

const stepArbitrary = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    who: fc.constantFrom(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 1, 2, 3, 4, 5),
    a: fc.nat(2),
    value: fc.integer({ min: 1, max: 60 }),
    part: fc.nat(60),
  })
  .map(
    (choice): RandomStep =>
      (world) =>
        stepOf(world, choice),
  );

describe('purchase-order under random commands', () => {
  it('keeps O1 to O4, its lifecycle and a clean state on refusal', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(stepArbitrary, { minLength: 50, maxLength: 50 }), (steps) => {
        const report = runSteps(startedWorld, steps, {
          invariants: [...invariants, ...paymentInvariants],
          machines: [
            machine(orders, lifecycle.order),
            machine(deliveries, lifecycle.delivery),
            machine(invoices, lifecycle.invoice),
          ],
          statusCodes: { ...statusCodes, ...payment.statusCodes, ...lien.statusCodes },
        });
        accepted += report.accepted;
        expect(report.problems).toEqual([]);
      }),
      { numRuns: 300, seed: 20_261_121 },
    );
    expect(accepted).toBeGreaterThan(500);
  }, 300_000);
});

describe('each invariant notices what breaks it', () => {
  it('O1: goods that appear or vanish', () => {
    const world = confirmedWorld();
    changeLine(world, (one) => ({ lost: one.lost + 1n }));
    expect(rulesBroken(world)).toContain('O1');
  });

  it('O2: more invoiced than accepted', () => {
    const world = confirmedWorld();
    changeLine(world, (one) => ({ invoiced: one.accepted + 1n }));
    expect(rulesBroken(world)).toContain('O2');
  });

  it('O3: goods of an order held twice, or by somebody beside its financier', () => {
    const world = financedWorld();
    const stage = world.must(stages, 'po_1.1');
    const twice = stage.parts.map((part) => ({
      ...part,
      claims: [...part.claims, ...part.claims],
    }));
    world.plant(stages, ['po_1.1'], { ...stage, parts: twice });
    expect(rulesBroken(world)).toContain('O3');
    const other = financedWorld();
    const { finance } = other.must(orders, 'po_1');
    const claimant = other.must(claimants, finance?.id ?? '');
    other.plant(claimants, [claimant.id], { ...claimant, holder: other.id('other') });
    expect(rulesBroken(other)).toContain('O3');
  });

  it('O4: a confirmed invoice without its day, or without its debt', () => {
    for (const lost of [{ paymentDueDay: undefined }, { obligation: undefined }]) {
      const world = confirmedWorld();
      world.plant(invoices, ['in_1'], { ...world.must(invoices, 'in_1'), ...lost });
      expect(rulesBroken(world)).toContain('O4');
    }
  });

  it('D6: more vouchered than is payable', () => {
    const world = confirmedWorld();
    const invoice = world.must(invoices, 'in_1');
    world.plant(invoices, ['in_1'], { ...invoice, voucheredMinor: 113_001n });
    expect(rulesBroken(world)).toContain('D6');
  });
});

/** An accepted order, all of which a lender finances. */
function financedWorld(): World {
  const world = orderedWorld();
  const { version: expectedVersion } = world.must(orders, 'po_1');
  const quantity = { value: 100n, unit: 'C62', scale: 0 };
  const advance = { minor: 50_000n, currency: 'CNY' };
  const lines = [{ lineNo: 1, quantity }];
  const terms = { id: 'po_1', expectedVersion, advance, lines };
  const agreed = world.agree(['lender', 'seller'], 'purchase-order', 'finance_order', terms);
  expect(agreed.code).toBe('success');
  expect(brokenInvariants(invariants, world)).toEqual([]);
  return world;
}

function changeLine(world: World, by: (one: OrderLine) => Partial<OrderLine>): void {
  const order = world.must(orders, 'po_1');
  const lines = order.lines.map((one) => ({ ...one, ...by(one) }));
  world.plant(orders, ['po_1'], { ...order, lines });
}

function rulesBroken(world: World): string[] {
  expect(world.records(orders)).toHaveLength(1);
  return brokenInvariants(invariants, world).map((sentence) => sentence.slice(0, 2));
}

/** An accepted order with a part of its goods delivered. */
function startedWorld(): World {
  const world = orderedWorld();
  deliver(world, 'dl_0', 30n);
  return world;
}

function stepOf(world: World, choice: Choice) {
  const { kind, who } = choice;
  if (kind >= 18) return pendingStep(world, choice);
  const [usual, name, params] = kind < 9 ? orderStep(world, choice) : invoiceStep(world, choice);
  const alias = who < 0 ? usual : defined(ALIASES[who], 'an alias');
  return { alias, contract: 'purchase-order', name, params };
}

type Proposed = readonly [alias: string, name: string, params: CborMap];

/** One of the objects that stand, or a name for none. */
function pickId(records: readonly { readonly id: string }[], part: number): string | undefined {
  return records[part % Math.max(1, records.length)]?.id;
}

function orderStep(world: World, { kind, a, value, part }: Choice): Proposed {
  const id = a === 2 ? 'po_2' : 'po_1';
  const order = world.read(orders, id);
  const fresh = `dl_${world.records(deliveries).length}`;
  const states = ['IN_TRANSIT', 'ARRIVED'];
  const open = world.records(deliveries).filter((one) => states.includes(one.state));
  const delivery = pickId(open, part) ?? fresh;
  const known = world.read(deliveries, delivery);
  const change = { id, expectedVersion: order?.version ?? 1 };
  const quantity = { value: BigInt(value), unit: 'C62', scale: 0 };
  const paymentTerm = { basis: 'delivery', days: part };
  const lines = [line({ ordered: { ...quantity, value: BigInt(3 * value + part) } })];
  const shipped = known?.lines[0]?.shipped ?? 0n;
  const rejected = BigInt(part % 5) < shipped ? BigInt(part % 5) : 0n;
  const accepted = shipped - rejected;
  const judged = { lineNo: 1, unit: 'C62', scale: 0, accepted, rejected, lost: 0n };
  const onDelivery = { id: delivery, expectedVersion: known?.version ?? 1 };
  const carrier = part % 4 === 0 ? { carrier: world.id('carrier') } : {};
  const giver = known?.custodian === world.id('carrier') ? 'carrier' : 'seller';
  const issued = { id, seller: world.id('seller'), currency: 'CNY', paymentTerm };
  const receiver = world.id(part % 2 === 0 ? 'buyer' : 'depot');
  const ends = value < 4 ? 'cancel' : 'close_short';
  const shippedLines = [{ lineNo: 1, quantity }];
  const advance = { minor: BigInt(value), currency: 'CNY' };
  const commands: readonly Proposed[] = [
    ['buyer', 'issue_order', { ...issued, lines: [line()], consignee: world.id('depot') }],
    ['seller', value < 5 ? 'reject_order' : 'accept_order', change],
    ['seller', 'amend', { ...change, lines, paymentTerm }],
    ['seller', 'ship', { id: fresh, order: id, lines: shippedLines, ...carrier }],
    ['lender', 'finance_order', { ...change, advance, lines: shippedLines }],
    [giver, 'hand_over', { ...onDelivery, receiver }],
    ['buyer', 'accept_delivery', { ...onDelivery, lines: [judged] }],
    ['lender', 'end_order_finance', change],
    ['buyer', value < 10 ? ends : 'close_short', change],
  ];
  return defined(commands[kind], 'a command');
}

function invoiceStep(world: World, { kind, a, value, part }: Choice): Proposed {
  const all = world.records(invoices);
  const inState = (...states: string[]) =>
    pickId(
      all.filter((one) => states.includes(one.state)),
      part,
    ) ?? 'in_0';
  const on = (id: string) => ({ id, expectedVersion: world.read(invoices, id)?.version ?? 1 });
  const units = BigInt((value % 20) + 1);
  const net = units * 1_000n + BigInt(part % 3) * 60n;
  const quantity = { value: units, unit: 'C62', scale: 0 };
  const order = a === 2 ? 'po_2' : 'po_1';
  const only = { order, lineNo: 1, quantity, amountMinor: net, taxMinor: 0n };
  const registered = {
    id: `in_${all.length}`,
    buyer: world.id('buyer'),
    sellerTaxId: '9144030071526726XG',
    buyerTaxId: '91440300708461136T',
    code: '0440',
    number: `N${part}`,
    amount: { minor: net, currency: 'CNY' },
    tax: { minor: 0n, currency: 'CNY' },
    issueDay: dayFromTime(world.nowMs()),
    lines: [only],
  };
  const minor = BigInt(part) * 100n;
  const disputable = value < 50 ? inState('MATCHED', 'CONFIRMED') : inState('REGISTERED');
  const commands: readonly Proposed[] = [
    ['seller', 'register_invoice', registered],
    ['other', 'match', { id: inState('REGISTERED') }],
    ['other', 'match', { id: inState('REGISTERED') }],
    ['buyer', 'confirm_invoice', on(inState('MATCHED', 'DISPUTED'))],
    ['buyer', 'confirm_invoice', on(inState('MATCHED'))],
    ['buyer', 'dispute', { ...on(disputable), minor, reason: 'bent' }],
    ['seller', 'resolve', { ...on(inState('DISPUTED')), creditMinor: minor }],
    ['seller', 'credit_note', { ...on(inState('CONFIRMED')), number: 'CN', minor }],
    ['buyer', 'resolve', { ...on(inState('DISPUTED')), creditMinor: 0n }],
  ];
  return defined(commands[kind - 9], 'a command');
}

/** Someone signs, rejects or lets expire what waits. */
function pendingStep(world: World, { who, kind, part }: Choice) {
  const waiting = world.records(pendingsOf('purchase-order'));
  const onGoods = waiting.filter((one) => one.id.startsWith('dl_'));
  const list = onGoods.length > 0 && part % 3 > 0 ? onGoods : waiting;
  const chosen = list[part % Math.max(1, list.length)];
  if (chosen === undefined) return undefined;
  const next = ALIASES.find((alias) => world.id(alias) === chosen.remaining[0]);
  const alias = who < 0 ? (next ?? 'other') : defined(ALIASES[who], 'an alias');
  const name = kind === 18 && part % 2 === 0 ? 'reject' : 'countersign';
  const params = { id: chosen.id, pendingId: chosen.pendingId };
  return { alias, contract: 'purchase-order', name, params };
}
