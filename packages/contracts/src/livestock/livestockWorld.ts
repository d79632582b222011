import { assert, type CborMap, dayFromTime, isOk } from '@triflow/protocol';
import { feeds } from '../price-feed/keys.js';
import { allContracts } from '../registry.js';
import { given, type Outcome, type World } from '../testkit.js';
import { animals } from './keys.js';

export const DAY_MS = 86_400_000;
export const PEN = 'an_pen-1';
export const PEN2 = 'an_pen-2';
export const paper = { hash: `sha256:${'ab'.repeat(32)}`, mediaType: 'image/jpeg' };

/** Two farms, vets, lenders and an insurer; two pens of the first farm. */
export function livestockWorld(): World {
  const world = given({
    contracts: allContracts,
    parties: {
      farm: ['FARM'],
      farm2: ['FARM'],
      vet: ['VET'],
      lender: ['LENDER'],
      lender2: ['LENDER'],
      insurer: ['INSURER'],
      court: ['COURT'],
      regulator: ['REGULATOR'],
      buyer: ['BUYER'],
      stranger: ['BUYER'],
      oracle: ['ORACLE'],
      governor: ['GOVERNOR'],
      supervisor: ['SUPERVISOR'],
      registry: ['REGISTRY'],
      bank: ['BANK'],
    },
  });
  for (const id of [PEN, PEN2]) {
    must(world.submit('farm', 'livestock', 'open_pen', { id, name: id, toleranceBps: 500 }));
  }
  return world;
}

/** The digest that stands for an animal's muzzle. */
export function muzzleOf(id: string): string {
  const hex = [...id].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return `sha256:${hex.padStart(64, '0').slice(-64)}`;
}

/** Registers an animal of the first farm, insured. */
export function register(world: World, id: string, changes: CborMap = {}, alias = 'farm'): Outcome {
  const day = dayFromTime(world.nowMs());
  return world.submit(alias, 'livestock', 'register', {
    id,
    species: 'cattle',
    born: day - 200,
    sex: 'female',
    biometricHash: muzzleOf(id),
    photoRef: paper,
    batch: '2026-A',
    insurance: { insurer: world.id('insurer'), policy: 'P-1', validTo: day + 300 },
    ...changes,
  });
}

/** Opens a command on an animal at its version; the others sign in turn. */
export function act(
  world: World,
  aliases: readonly string[],
  name: string,
  id: string,
  params: CborMap = {},
): Outcome {
  const expectedVersion = world.read(animals, id)?.version ?? 1;
  return world.agree(aliases, 'livestock', name, { id, expectedVersion, ...params });
}

/** An animal in a pen, tagged with the end of its id. */
export function penned(world: World, id: string, pen = PEN): void {
  const vet = world.id('vet');
  must(register(world, id));
  must(act(world, ['farm', 'vet'], 'bind_tag', id, { tag: tagOf(id), vet }));
  must(act(world, ['farm', 'vet'], 'place', id, { pen, vet }));
}

/** The tag that an animal of these tests wears first. */
export function tagOf(id: string): string {
  return `CN-${id
    .slice(3)
    .replace(/[^0-9]/g, '0')
    .padStart(4, '0')}`;
}

/** Mortgages animals to the lender for a debt. */
export function mortgage(
  world: World,
  ids: readonly string[],
  changes: CborMap = {},
  aliases: readonly string[] = ['farm', 'lender'],
): Outcome {
  return world.agree(aliases, 'livestock', 'mortgage', {
    animals: ids.map((id) => ({ id, lien: `ln_${id.slice(3)}` })),
    lender: world.id('lender'),
    debtRef: 'pl_1',
    securedMax: { minor: 5_000_000n, currency: 'CNY' },
    ordinarySalesPerDay: 1,
    titlePassesOnDefault: false,
    ...changes,
  });
}

/** A final price of 30.00 yuan a kilogram, good for a day. */
export function withFeed(world: World): void {
  world.plant(feeds, ['pf_1'], {
    id: 'pf_1',
    sku: 'CATTLE',
    unit: 'KGM',
    scale: 0,
    currency: 'CNY',
    oracles: [world.id('oracle')],
    quorum: 1,
    lastRound: 1,
    version: 1,
    windowMs: 60_000,
    staleAfterMs: DAY_MS,
    maxMoveBps: 1_000,
    confirmWithinBps: 100,
    state: 'OPEN',
    current: { value: 3_000n, observedAt: world.nowMs(), finalAt: world.nowMs(), round: 1 },
  } as never);
}

/** A lender's weights of cattle by age: from 40 kg at birth one kilogram more a day, to 440. */
export function setCurve(world: World, changes: CborMap = {}, alias = 'lender'): Outcome {
  return world.submit(alias, 'livestock', 'set_curve', {
    species: 'cattle',
    unit: 'KGM',
    scale: 0,
    points: [
      { ageDays: 0, weight: 40n },
      { ageDays: 400, weight: 440n },
    ],
    feed: 'pf_1',
    haircutBps: 2_000,
    ...changes,
  });
}

/** What `sell` asks for, to the buyer. */
export function saleTo(world: World, alias: string): CborMap {
  const price = { minor: 900_000n, currency: 'CNY' };
  return { buyer: world.id(alias), price, evidence: paper };
}

/** Stops a test whose ground is not laid. */
export function must(outcome: Outcome): Outcome {
  assert(isOk(outcome), `not accepted: ${outcome.code}`);
  return outcome;
}
