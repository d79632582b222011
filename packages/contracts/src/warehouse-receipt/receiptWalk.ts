import { type CborMap, dayFromTime } from '@triflow/protocol';
import { liens } from '../lien/keys.js';
import {
  barrels,
  DAY_MS,
  digestOf,
  HOUR_MS,
  parties,
  ref,
  statedItems,
  usd,
} from '../pledge-facility/pledgeWorld.js';
import { type Choice, type Taken, take } from '../pledge-facility/randomWalk.js';
import { type Outcome, pendingsOf, type World } from '../testkit.js';
import { lots, receipts, requests, stocktakes } from './keys.js';
import { isOpen } from './lifecycle.js';
import type { Receipt } from './schema.js';

type Step = (world: World, choice: Choice, count: number) => Outcome | undefined;

const ALIASES = Object.keys(parties);
const NAME = 'warehouse-receipt';

/** A step of the facility's walk, or one of the commands that it does not take. */
export function takeAny(world: World, choice: Choice, count: number): Taken | undefined {
  if (choice.who % 2 === 0) return take(world, choice, count);
  const names = Object.keys(steps);
  const name = names[choice.what % names.length] ?? 'merge';
  const outcome = steps[name]?.(world, choice, count);
  return outcome === undefined ? undefined : { name, outcome };
}

/** Mostly the party that may, else anybody. */
function signer(choice: Choice, expected: string): string {
  return choice.amount % 13 === 0 ? (ALIASES[choice.which % ALIASES.length] ?? expected) : expected;
}

function aliasOf(world: World, party: string): string {
  return ALIASES.find((name) => world.id(name) === party) ?? 'stranger';
}

function pick<T>(list: readonly T[], choice: Choice): T | undefined {
  return list[choice.which % Math.max(1, list.length)];
}

function openReceipts(world: World): readonly Receipt[] {
  return world.records(receipts).filter((receipt) => isOpen(receipt.state));
}

/** Opens a countersigned command; later steps sign it. */
function opened(
  world: World,
  choice: Choice,
  opener: string,
  command: { readonly contract: string; readonly name: string; readonly params: CborMap },
): Outcome {
  const { contract, name, params } = command;
  return world.submit(signer(choice, opener), contract, name, params);
}

/** Whoever is next signs what waits. */
const signNext: Step = (world, choice) => {
  const waiting = ['warehouse-receipt', 'lien'].flatMap((contract) =>
    world.records(pendingsOf(contract)).map((pending) => ({ contract, pending })),
  );
  const found = pick(waiting, choice);
  if (found === undefined) return undefined;
  const { id, pendingId, remaining } = found.pending;
  const next = signer(choice, aliasOf(world, remaining[0] ?? ''));
  return world.submit(next, found.contract, 'countersign', { id, pendingId });
};

const onLot: (
  name: string,
  alias: string,
  terms: (world: World, choice: Choice) => CborMap,
) => Step = (name, alias, terms) => (world, choice) => {
  const lot = pick(world.records(lots), choice);
  if (lot === undefined) return undefined;
  const params = { id: lot.id, ...terms(world, choice) };
  return world.submit(signer(choice, alias), NAME, name, params);
};

const onStocktake: (
  name: string,
  terms: (world: World, choice: Choice, lot: string) => CborMap,
) => Step = (name, terms) => (world, choice) => {
  const found = pick(world.records(stocktakes), choice);
  if (found === undefined) return undefined;
  const base = { id: found.lot, stocktake: found.number };
  const params = { ...base, ...terms(world, choice, found.lot) };
  return world.submit(signer(choice, 'supervisor'), NAME, name, params);
};

const steps: Readonly<Record<string, Step>> = {
  signNext,
  signMore: signNext,
  signYetMore: signNext,
  signMost: signNext,
  merge: (world, choice, count) => {
    const free = openReceipts(world).filter((receipt) => receipt.state === 'FREE');
    const [a, b] = [pick(free, choice), free[(choice.which + 1) % Math.max(1, free.length)]];
    if (a === undefined || b === undefined || a.id === b.id) return undefined;
    const parts = [a, b].map(({ id, version }) => ({ id, expectedVersion: version }));
    const params = { id: `wr_m${count}`, parts };
    const holder = aliasOf(world, a.holder);
    return opened(world, choice, holder, { contract: NAME, name: 'merge', params });
  },
  amend: (world, choice, count) => {
    const receipt = pick(openReceipts(world), choice);
    if (receipt === undefined) return undefined;
    const { id, version: expectedVersion } = receipt;
    const items = statedItems(world, choice.amount % 500);
    const params = { id, expectedVersion, reissuedAs: `wr_r${count}`, items };
    const holder = aliasOf(world, receipt.holder);
    return opened(world, choice, holder, { contract: NAME, name: 'amend', params });
  },
  openStocktake: onLot('open_stocktake', 'bank', (world, choice) => ({
    counter: world.id(choice.amount % 7 === 0 ? 'keeper' : 'supervisor'),
    blind: choice.amount % 2 === 0,
  })),
  count: onStocktake('count', (world, choice, lot) => {
    const { value } = world.must(lots, lot).onHand;
    const off = BigInt((choice.amount % 5) - 2) * (value / 400n);
    return { counted: barrels(value + off), evidence: ref };
  }),
  reconcile: onStocktake('reconcile', () => ({})),
  sign: (world, choice) => {
    const ready = world.records(stocktakes).filter(({ state }) => state === 'RECONCILED');
    const found = pick(ready, choice);
    if (found === undefined) return undefined;
    const params = { id: found.lot, stocktake: found.number };
    return opened(world, choice, 'supervisor', { contract: NAME, name: 'sign_stocktake', params });
  },
  demand: (world, choice) => {
    const receipt = pick(openReceipts(world), choice);
    if (receipt === undefined) return undefined;
    if (choice.amount % 5 === 0) world.advance(401 * DAY_MS);
    const params = { id: receipt.id, expectedVersion: receipt.version, days: 15 };
    return world.submit(signer(choice, 'keeper'), NAME, 'demand_collection', params);
  },
  deposit: (world, choice, count) => {
    const asked = openReceipts(world).filter(({ demand }) => demand !== undefined);
    const receipt = pick(asked, choice);
    if (receipt === undefined) return undefined;
    world.advance(16 * DAY_MS);
    const { id, version: expectedVersion } = receipt;
    const how = { depositary: 'notary', evidence: ref, weighing: digestOf(`deposit ${count}`) };
    const params = { id, expectedVersion, ...how };
    return world.submit(signer(choice, 'keeper'), NAME, 'deposit', params);
  },
  request: (world, choice) => {
    const receipt = pick(openReceipts(world), choice);
    if (receipt === undefined) return undefined;
    const holder = signer(choice, aliasOf(world, receipt.holder));
    const name = choice.amount % 2 === 0 ? 'request_inspection' : 'request_sample';
    return world.submit(holder, NAME, name, { id: receipt.id, note: 'please' });
  },
  answer: (world, choice) => {
    const found = pick(world.records(requests), choice);
    if (found === undefined) return undefined;
    const params = { id: found.receipt, request: found.number, evidence: ref };
    return world.submit(signer(choice, 'keeper'), NAME, 'answer_request', params);
  },
  flag: (world, choice) => {
    const found = pick(world.records(requests), choice);
    if (found === undefined) return undefined;
    const params = { id: found.receipt, request: found.number };
    return world.submit(signer(choice, 'buyer'), NAME, 'flag_request', params);
  },
  damage: onLot('report_damage', 'keeper', () => ({ kind: 'damage', note: 'wet', evidence: ref })),
  freezeLot: (world, choice) =>
    choice.amount % 6 === 0
      ? onLot('freeze', 'court', () => ({ order: ref, until: world.nowMs() + HOUR_MS }))(
          world,
          choice,
          0,
        )
      : undefined,
  retain: (world, choice, count) => {
    const receipt = pick(openReceipts(world), choice);
    if (receipt === undefined) return undefined;
    const claim = { securedMax: usd(BigInt(choice.amount)), debtRef: 'ob_fee' };
    const basis = { basis: 'same_legal_relation', evidence: ref, perishable: false };
    const asset = { kind: 'receipt', id: receipt.id };
    const params = { id: `ln_r${count}`, asset, ...claim, ...basis };
    return world.submit(signer(choice, 'keeper'), 'lien', 'assert_retention', params);
  },
  external: (world, choice, count) => {
    const assets = [...openReceipts(world).map(({ id }) => id), 'lt_own', 'lt_oil'];
    const id = pick(assets, choice) ?? 'lt_own';
    const unknown =
      choice.amount % 3 === 0 ? { timeUnknown: true } : { registeredAt: world.nowMs() };
    const params = {
      id: `ln_x${count}`,
      asset: { kind: id.startsWith('wr_') ? 'receipt' : 'lot', id },
      class: choice.amount % 2 === 0 ? 'MORTGAGE' : 'PURCHASE_MONEY',
      grantor: world.id('holder'),
      holder: 'uscc:OUTSIDE',
      securedMax: usd(BigInt(choice.amount)),
      debtRef: 'po_9',
      publicity: { ...unknown, registryValidTo: dayFromTime(world.nowMs()) + 9 },
      evidence: ref,
    };
    return world.submit(signer(choice, 'court'), 'lien', 'report_external', params);
  },
  float: (world, choice, count) => {
    const owner = signer(choice, 'holder');
    const params = {
      id: `ln_f${count}`,
      asset: { kind: 'stock', id: world.id(owner) },
      class: 'FLOATING_MORTGAGE',
      covers: { skus: [], warehouses: [] },
      holder: world.id('bank2'),
      securedMax: usd(BigInt(choice.amount)),
      debtRef: 'po_3',
      titlePassesOnDefault: false,
      junior: false,
    };
    return opened(world, choice, owner, { contract: 'lien', name: 'create', params });
  },
  changeLien: (world, choice) => {
    const found = pick(world.records(liens), choice);
    if (found === undefined) return undefined;
    const { id, version: expectedVersion } = found;
    const holder = signer(choice, aliasOf(world, found.holder));
    const names = ['amend', 'crystallise', 'enforce', 'release'] as const;
    const name = names[choice.amount % names.length] ?? 'release';
    const params: Record<string, CborMap> = {
      amend: { securedMax: usd(BigInt(choice.amount)), consents: [] },
      crystallise: { event: 'agreed_event', evidence: ref },
      enforce: { evidence: ref },
      release: {},
    };
    return world.submit(holder, 'lien', name, { id, expectedVersion, ...params[name] });
  },
};
