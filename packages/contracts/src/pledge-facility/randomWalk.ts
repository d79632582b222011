import { type CborMap, dayFromTime, defined } from '@triflow/protocol';
import fc from 'fast-check';
import { liens } from '../lien/keys.js';
import { feeds } from '../price-feed/keys.js';
import { type Outcome, pendingsOf, type World } from '../testkit.js';
import { receipts, tokens } from '../warehouse-receipt/keys.js';
import { isOpen } from '../warehouse-receipt/lifecycle.js';
import type { Receipt } from '../warehouse-receipt/schema.js';
import { facilities, sales } from './keys.js';
import {
  accepted,
  barrels,
  byLender,
  defaultWorld,
  digestOf,
  draw,
  establishedWorld,
  HOUR_MS,
  item,
  opening,
  parties,
  ref,
  register,
  statedItems,
  usd,
  withLot,
  withPledge,
  withProof,
  withReceipt,
} from './pledgeWorld.js';

/** One random step: what to do, to which object, by whom, how much; all taken modulo. */
export interface Choice {
  readonly what: number;
  readonly which: number;
  readonly who: number;
  readonly amount: number;
}

export interface Taken {
  readonly name: string;
  readonly outcome: Outcome;
}

type Step = (world: World, choice: Choice, count: number) => Outcome | undefined;

const ALIASES = Object.keys(parties);
const CONTRACTS = ['warehouse-receipt', 'lien', 'pledge-facility'] as const;

/** The world in which random walks begin: most of the value drawn, another lot to charge. */
export function walkWorld(): World {
  const world = establishedWorld({
    kind: 'floating',
    floorValueMinor: 1_000n,
    defaultRateBps: 900,
  });
  withLot(world, 'lt_own', 500n, { owner: world.id('holder'), mode: 'identified' });
  withReceipt(world, 'wr_two', 'lt_oil', 100_000n);
  register(world, withPledge(world, 'wr_two'));
  accepted(draw(world, 400_000_000n));
  return world;
}

/** A world in which little is drawn: goods may go out and more may be borrowed. */
function lightWorld(): World {
  const world = establishedWorld({ kind: 'floating', floorValueMinor: 1_000n });
  withReceipt(world, 'wr_two', 'lt_oil', 100_000n);
  register(world, withPledge(world, 'wr_two'));
  const added = { id: 'pl_oil', item: item('wr_two') };
  accepted(world.agree(['holder', 'supervisor', 'bank'], 'pledge-facility', 'add_item', added));
  accepted(draw(world, 1_000_000n));
  return world;
}

/** Random steps for fast-check; small numbers, so that failing ones shrink well. */
export const choices = (steps: number): fc.Arbitrary<Choice[]> =>
  fc.array(
    fc.record({
      what: fc.nat(10_000),
      which: fc.nat(10_000),
      who: fc.nat(10_000),
      amount: fc.nat(10_000),
    }),
    { minLength: steps, maxLength: steps, size: 'max' },
  );

/** The world that a walk begins in. */
export function startOf({ who }: Choice): World {
  return defined(STARTS[who % STARTS.length], 'walk: no start')();
}

/** A world in which the debt has failed and the lender may sell. */
function failedWorld(): World {
  const world = defaultWorld({ kind: 'floating', floorValueMinor: 1_000n, defaultRateBps: 900 });
  withLot(world, 'lt_own', 500n, { owner: world.id('holder'), mode: 'identified' });
  return world;
}

/** The lender sells. */
function enforcedWorld(): World {
  const world = failedWorld();
  accepted(byLender(world, 'open_enforcement', opening({ pledgorSigns: false })));
  return world;
}

const STARTS = [walkWorld, failedWorld, walkWorld, enforcedWorld, lightWorld];

/** What a facility's state is about: some steps are taken from here, or walks would not get far. */
const FOCUS: Readonly<Record<string, readonly string[]>> = {
  NORMAL: ['draw', 'releaseItem', 'release', 'substitute', 'addItem', 'repay'],
  MARGIN_CALL: ['failSooner', 'cureCash', 'cureGoods'],
  CURE_FAILED: ['default', 'earlySale', 'repay'],
  DEFAULT: ['enforce', 'repay'],
  ENFORCEMENT: ['sell', 'distribute', 'repay'],
};
/** One step in so many. */
const FOCUSED = 4;

/** Takes a step; undefined when there is nothing to take it on. */
export function take(world: World, choice: Choice, count: number): Taken | undefined {
  const all = Object.keys(steps);
  const turn = Math.floor(choice.what / all.length);
  const focus = FOCUS[world.must(facilities, 'pl_oil').state];
  const names = focus !== undefined && turn % FOCUSED === 0 ? focus : all;
  const name = defined(names[choice.what % names.length], 'walk: no step');
  const outcome = defined(steps[name], 'walk: no step')(world, choice, count);
  return outcome === undefined ? undefined : { name, outcome };
}

/** Mostly the party that may, else anybody. */
function signer(choice: Choice, expected: string): string {
  if (choice.who % 12 !== 0) return expected;
  return ALIASES[choice.amount % ALIASES.length] ?? expected;
}

function alias(world: World, party: string): string {
  return ALIASES.find((name) => world.id(name) === party) ?? 'stranger';
}

function pick<T>(list: readonly T[], choice: Choice): T | undefined {
  return list[choice.which % Math.max(1, list.length)];
}

function openReceipt(world: World, choice: Choice): Receipt | undefined {
  const open = world.records(receipts).filter((receipt) => isOpen(receipt.state));
  return pick(open, choice);
}

/** A holder's command on a receipt, at its version or now and then at a wrong one. */
function byHolder(name: string, terms: (receipt: Receipt, count: number) => CborMap): Step {
  return (world, choice, count) => {
    const receipt = openReceipt(world, choice);
    if (receipt === undefined) return undefined;
    const expectedVersion = receipt.version + (choice.amount % 11 === 0 ? 1 : 0);
    const params = { id: receipt.id, expectedVersion, ...terms(receipt, choice.amount + count) };
    const holder = signer(choice, alias(world, receipt.holder));
    return world.submit(holder, 'warehouse-receipt', name, params);
  };
}

function onFacility(name: string, who: string, terms: (choice: Choice) => CborMap): Step {
  return (world, choice) => {
    const { version } = world.must(facilities, 'pl_oil');
    const params = { id: 'pl_oil', expectedVersion: version, ...terms(choice) };
    return world.submit(signer(choice, who), 'pledge-facility', name, params);
  };
}

const onPending: (verb: string) => Step = (verb) => (world, choice) => {
  const waiting = CONTRACTS.flatMap((contract) =>
    world.records(pendingsOf(contract)).map((pending) => ({ contract, pending })),
  );
  const found = pick(waiting, choice);
  if (found === undefined) return undefined;
  const { id, pendingId, remaining } = found.pending;
  const next = alias(world, defined(remaining[0], 'walk: nobody is next'));
  return world.submit(signer(choice, next), found.contract, verb, { id, pendingId });
};

const repayWith: (name: string) => Step = (name) => (world, choice, count) => {
  const id = `pp_${count}`;
  withProof(world, id, BigInt(1 + choice.amount) * 10_000n);
  const params = { id: 'pl_oil', proof: id };
  return world.submit(signer(choice, 'holder'), 'pledge-facility', name, params);
};

const addWith: (name: string) => Step = (name) => (world, choice) => {
  const receipt = openReceipt(world, choice);
  if (receipt === undefined) return undefined;
  const params = { id: 'pl_oil', item: item(receipt.id) };
  return world.submit(signer(choice, 'holder'), 'pledge-facility', name, params);
};

const steps: Readonly<Record<string, Step>> = {
  price: (world, choice) => {
    const value = BigInt(3_000 + (choice.amount % 60) * 50);
    const round = world.must(feeds, 'pf_brent').lastRound + 1;
    const quoted = { id: 'pf_brent', round, value, observedAt: world.nowMs() };
    world.submit('oracle1', 'price-feed', 'submit_quote', quoted);
    return world.submit('oracle2', 'price-feed', 'submit_quote', quoted);
  },
  time: (world, choice) => {
    world.advance((choice.amount % 20) * HOUR_MS);
    return undefined;
  },
  gateIn: (world, choice, count) => {
    const quantity = barrels(BigInt(choice.amount % 5_000));
    const goods = { id: 'lt_oil', quantity, slots: [`tank:T${choice.which % 4}`] };
    const weighing = digestOf(`walk ${choice.which % 7 === 0 ? 1 : count}`);
    return world.submit(signer(choice, 'keeper'), 'warehouse-receipt', 'gate_in', {
      ...goods,
      weighing,
    });
  },
  issue: (world, choice, count) => {
    const quantity = barrels(BigInt(choice.amount * 4));
    const terms = { id: `wr_${count}`, lot: 'lt_oil', holder: world.id('holder'), quantity };
    const stated = { items: statedItems(world), inspection: ref };
    const keeper = signer(choice, 'keeper');
    return world.submit(keeper, 'warehouse-receipt', 'issue', { ...terms, ...stated });
  },
  transfer: (world, choice, count) => {
    const to = choice.amount % 2 === 0 ? 'buyer' : 'holder';
    return byHolder('transfer', () => ({ to: world.id(to) }))(world, choice, count);
  },
  split: byHolder('split', ({ id, quantity }, seed) => {
    const first = quantity.value / BigInt(2 + (seed % 3));
    const off = seed % 13 === 0 ? 1n : 0n;
    return {
      parts: [
        { id: `${id}a`, quantity: barrels(first) },
        { id: `${id}b`, quantity: barrels(quantity.value - first + off) },
      ],
    };
  }),
  pledge: byHolder('pledge', () => ({ facility: 'pl_oil', affiliationAccepted: false })),
  pledgeAgain: byHolder('pledge', () => ({ facility: 'pl_oil', affiliationAccepted: true })),
  withdraw: (world, choice, count) =>
    byHolder('withdraw', ({ quantity }, seed) => ({
      quantity: barrels(quantity.value / BigInt(1 + (seed % 4))),
      vehicle: 'ZHE-B 1',
      driverRef: digestOf('driver'),
      validTo: world.nowMs() + 10 * HOUR_MS,
    }))(world, choice, count),
  cancel: byHolder('cancel', () => ({})),
  sign: onPending('countersign'),
  signMore: onPending('countersign'),
  signYetMore: onPending('countersign'),
  signMost: onPending('countersign'),
  reject: (world, choice, count) =>
    choice.amount % 4 === 0 ? onPending('reject')(world, choice, count) : undefined,
  expirePending: onPending('expire_pending'),
  gateOut: (world, choice, count) => {
    const waiting = world.records(receipts).filter((receipt) => receipt.token !== undefined);
    const receipt = pick(waiting, choice);
    if (receipt === undefined) return undefined;
    const token = receipt.token ?? 1;
    const { quantity } = world.must(tokens, receipt.id, String(token));
    const off = choice.amount % 9 === 0 ? 1n : 0n;
    const weighed = barrels(quantity.value + off);
    const params = { id: receipt.id, token, weighed, weighing: digestOf(`out ${count}`) };
    return world.submit(signer(choice, 'keeper'), 'warehouse-receipt', 'gate_out', params);
  },
  expireToken: (world, choice) => {
    const receipt = openReceipt(world, choice);
    if (receipt === undefined) return undefined;
    const params = { id: receipt.id, token: receipt.token ?? 1 };
    return world.submit('stranger', 'warehouse-receipt', 'expire_token', params);
  },
  release: (world, choice) => {
    const receipt = openReceipt(world, choice);
    if (receipt === undefined) return undefined;
    const params = { id: receipt.id, expectedVersion: receipt.version };
    return world.submit(signer(choice, 'bank'), 'warehouse-receipt', 'release', params);
  },
  freeze: (world, choice) => {
    const receipt = choice.amount % 5 === 0 ? openReceipt(world, choice) : undefined;
    if (receipt === undefined) return undefined;
    const params = { id: receipt.id, order: ref, until: world.nowMs() + HOUR_MS };
    return world.submit(signer(choice, 'court'), 'warehouse-receipt', 'freeze', params);
  },
  unfreeze: (world, choice) => {
    const receipt = openReceipt(world, choice);
    if (receipt === undefined) return undefined;
    const params = { id: receipt.id, order: ref };
    return world.submit('court', 'warehouse-receipt', 'unfreeze', params);
  },
  register: (world, choice) => {
    const found = pick(
      world.records(liens).filter((one) => one.publicity.registrationNo === undefined),
      choice,
    );
    if (found === undefined) return undefined;
    const publicity = {
      kind: 'registration',
      registrationNo: `R-${choice.amount % 3}`,
      registeredAt: world.nowMs(),
      registryValidTo: dayFromTime(world.nowMs()) + (choice.amount % 400),
    };
    const params = { id: found.id, publicity };
    return world.submit(signer(choice, 'registry'), 'lien', 'record_publicity', params);
  },
  charge: (world, choice, count) => {
    const lienClass = choice.amount % 2 === 0 ? 'PLEDGE_GOODS' : 'MORTGAGE';
    const params = {
      id: `ln_${count}`,
      asset: { kind: 'lot', id: 'lt_own' },
      class: lienClass,
      holder: world.id(choice.which % 2 === 0 ? 'bank' : 'bank2'),
      securedMax: usd(1_000n),
      debtRef: 'pl_oil',
      titlePassesOnDefault: choice.amount % 17 === 0,
      junior: choice.which % 3 === 0,
    };
    return world.submit(signer(choice, 'holder'), 'lien', 'create', params);
  },
  discharge: (world, choice) => {
    const found = pick(world.records(liens), choice);
    if (found === undefined) return undefined;
    const params = { id: found.id, expectedVersion: found.version };
    return world.submit(signer(choice, alias(world, found.holder)), 'lien', 'release', params);
  },
  attest: (world, choice) => {
    const params = { id: 'pl_oil', evidence: ref };
    return world.submit(signer(choice, 'supervisor'), 'pledge-facility', 'attest_control', params);
  },
  draw: onFacility('draw', 'holder', (choice) => ({
    amount: usd(BigInt(choice.amount) * 20_000n),
  })),
  costs: (world, choice) => {
    const params = { id: 'pl_oil', amount: usd(BigInt(choice.amount) * 100n), evidence: ref };
    return world.submit(signer(choice, 'bank'), 'pledge-facility', 'record_costs', params);
  },
  revalue: (world, choice) => {
    const stranger = signer(choice, 'stranger');
    return world.submit(stranger, 'pledge-facility', 'revalue', { id: 'pl_oil' });
  },
  repay: repayWith('repay'),
  cureCash: repayWith('cure_cash'),
  addItem: addWith('add_item'),
  cureGoods: addWith('cure_goods'),
  releaseItem: (world, choice, count) => {
    const { items } = world.must(facilities, 'pl_oil');
    const found = pick(items, choice);
    if (found === undefined) return undefined;
    return onFacility('release_item', 'bank', () => ({ asset: found.asset }))(world, choice, count);
  },
  failCure: onFacility('fail_cure', 'bank', () => ({})),
  failSooner: (world, choice, count) => {
    world.advance(choice.amount % 2 === 0 ? 50 * HOUR_MS : 0);
    return onFacility('fail_cure', 'bank', () => ({}))(world, choice, count);
  },
  substitute: (world, choice, count) => {
    const { items } = world.must(facilities, 'pl_oil');
    const incoming = pick(
      world.records(receipts).filter((receipt) => receipt.state === 'PLEDGED'),
      choice,
    );
    const outgoing = items[choice.amount % Math.max(1, items.length)];
    if (outgoing === undefined || incoming === undefined) return undefined;
    const terms = { incoming: item(incoming.id), outgoing: outgoing.asset };
    return onFacility('substitute', 'supervisor', () => terms)(world, choice, count);
  },
  earlySale: (world, choice, count) => {
    if (choice.amount % 4 !== 0) return undefined;
    const proceeds = choice.which % 2 === 0 ? 'prepay' : 'deposit';
    const said = { method: 'auction', demand: ref, refusal: ref, proceeds, notices: [] };
    return onFacility('early_sale', 'bank', () => said)(world, choice, count);
  },
  enforce: (world, choice, count) => {
    const method = (['agreed_price', 'auction', 'private_sale'] as const)[choice.which % 3];
    const pledgorSigns = choice.amount % 3 === 0;
    const said = { method: method ?? 'auction', pledgorSigns, notices: [] };
    return onFacility('open_enforcement', 'bank', () => said)(world, choice, count);
  },
  sell: (world, choice, count) => {
    const { items } = world.must(facilities, 'pl_oil');
    const found = pick(items, choice);
    if (found === undefined) return undefined;
    const sold = {
      assets: [{ asset: found.asset, price: usd(BigInt(choice.amount) * 60_000n) }],
      buyer: world.id(choice.amount % 5 === 0 ? 'bank' : 'buyer'),
      marketReference: { kind: 'feed', feed: 'pf_brent' },
      costs: usd(BigInt(1 + choice.which)),
      evidence: ref,
      complete: choice.amount % 3 === 0,
    };
    return onFacility('record_sale', 'bank', () => sold)(world, choice, count);
  },
  distribute: (world, choice, count) => {
    const waiting = world.records(sales).filter((sale) => sale.state === 'RECORDED');
    const found = pick(waiting, choice);
    if (found === undefined) return undefined;
    const proof = `pp_${count}`;
    if (found.totalMinor > 0n && found.payer !== world.id('bank')) {
      withProof(world, proof, found.totalMinor, { payer: found.payer });
    }
    const params = { id: 'pl_oil', sale: found.number, proof };
    return world.submit(signer(choice, 'stranger'), 'pledge-facility', 'distribute', params);
  },
  close: (world, choice, count) =>
    choice.amount % 10 === 0
      ? onFacility('repay_and_release', 'bank', () => ({}))(world, choice, count)
      : undefined,
  default: (world, choice, count) =>
    choice.amount % 2 === 0
      ? onFacility('declare_default', 'bank', () => ({ event: 'cure_failed' }))(
          world,
          choice,
          count,
        )
      : undefined,
};
