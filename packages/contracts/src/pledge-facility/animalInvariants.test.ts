import { type CborMap, dayFromTime, defined } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Invariant } from '../invariant.js';
import { invariants as lienInvariants } from '../lien/invariants.js';
import { liens, onAsset } from '../lien/keys.js';
import { invariants as herdInvariants } from '../livestock/invariants.js';
import { animals, pens } from '../livestock/keys.js';
import { lifecycle as animalLifecycle, hasLeft } from '../livestock/lifecycle.js';
import { DAY_MS, muzzleOf, PEN, paper, saleTo } from '../livestock/livestockWorld.js';
import { feeds } from '../price-feed/keys.js';
import { allContracts } from '../registry.js';
import { machine, type RandomCommand, type RandomStep, runSteps } from '../runSteps.js';
import { pendingsOf, type World } from '../testkit.js';
import {
  agreedHerd,
  animalItem,
  attestHerd,
  charge,
  onHerd,
  proofTerms,
  yuan,
} from './animalWorld.js';
import { invariants as facilityInvariants } from './invariants.js';
import { facilities, sales } from './keys.js';
import { lifecycle as facilityLifecycle, isLive } from './lifecycle.js';

const RUNS = 300;
const STEPS = 50;
const SEED = 20_261_121;
const IDS = ['an_1', 'an_2', 'an_3'] as const;
/** In how many accepted commands the walks must at least have been: no vacuous green. */
const ACCEPTED_MIN = 4_000;

/** Where a random command comes from: one of a list, small numbers to choose with. */
interface Draw {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

const isEffective = (state: string) => ['EFFECTIVE', 'CRYSTALLISED'].includes(state);
const isLiveLien = (state: string) => state === 'PROPOSED' || isEffective(state);

/** What must hold where a herd secures a debt, beside the rules of each contract. */
const herdRules: readonly Invariant[] = [
  {
    rule: 'an animal that has left by a sale or in exchange carries no live mortgage',
    broken: (state) =>
      state
        .records(liens)
        .filter((lien) => isLiveLien(lien.state) && lien.asset.kind === 'animal')
        .filter(({ asset }) => stateOf(state.records(animals), asset.id) === 'SOLD')
        .map(({ id }) => `${id} on a sold animal`),
  },
  {
    rule: 'no animal has two exclusive live mortgages (L2, F4)',
    broken: (state) => {
      const live = state.records(liens).filter((one) => isLiveLien(one.state) && one.exclusive);
      const assets = live.map(({ asset }) => asset.id);
      return assets.filter((asset, at) => assets.indexOf(asset) !== at);
    },
  },
];

const rules = {
  invariants: [...herdInvariants, ...facilityInvariants, ...lienInvariants, ...herdRules],
  machines: [machine(animals, animalLifecycle), machine(facilities, facilityLifecycle.facility)],
  statusCodes: Object.assign({}, ...allContracts.map((contract) => contract.statusCodes)),
};

function stateOf(list: readonly { id: string; state: string }[], id: string): string | undefined {
  return list.find((one) => one.id === id)?.state;
}

/** Two animals secure a debt near its line; a third stands beside them. */
function lentWorld(): World {
  const world = agreedHerd();
  charge(world, 'an_1', 'an_2');
  attestHerd(world);
  onHerd(world, ['farm', 'lender'], 'draw', { amount: yuan(700_000n) });
  return world;
}

function onAnimal(world: World, id: string, params: CborMap): CborMap {
  return { id, expectedVersion: world.read(animals, id)?.version ?? 1, ...params };
}

function ofHerd(world: World, name: string, draw: Draw): Omit<RandomCommand, 'contract'>[] {
  const id = defined(IDS[draw.a % IDS.length], 'an animal');
  const other = defined(IDS[draw.b % IDS.length], 'an animal');
  const vet = world.id('vet');
  const lender = world.id(draw.b % 3 === 0 ? 'lender2' : 'lender');
  const tag = world.read(animals, id)?.tag ?? 'CN-0000';
  const evidence = { photo: paper, inspection: paper };
  const lien = { id, lien: `ln_w${draw.a}-${draw.b}` };
  const terms = { lender, debtRef: draw.b % 2 ? 'pl_1' : 'pl_9', securedMax: yuan(900_000n) };
  const clause = { ordinarySalesPerDay: 1, titlePassesOnDefault: false };
  const commands: Readonly<Record<string, Omit<RandomCommand, 'contract' | 'name'>>> = {
    sell: { alias: 'farm', params: onAnimal(world, id, saleTo(world, 'buyer')) },
    cull: { alias: 'farm', params: onAnimal(world, id, { reason: 'lame', evidence: paper }) },
    substitute: { alias: 'farm', params: onAnimal(world, id, { by: other }) },
    report_missing: { alias: 'farm', params: onAnimal(world, id, { reason: 'gone' }) },
    report_found: {
      alias: 'farm',
      params: onAnimal(world, id, { biometricHash: muzzleOf(id), vet }),
    },
    report_death: { alias: 'farm', params: onAnimal(world, id, { tag, ...evidence, vet }) },
    mortgage: { alias: 'farm', params: { animals: [lien], ...terms, ...clause } },
    record_count: {
      alias: draw.a % 2 ? 'lender' : 'farm',
      params: { pen: PEN, heads: draw.b % 4, method: 'rfid', evidence: paper },
    },
    freeze: { alias: 'court', params: { id, order: paper } },
    unfreeze: { alias: 'court', params: { id, order: paper } },
  };
  return Object.entries(commands).flatMap(([key, one]) => (key === name ? [{ ...one, name }] : []));
}

const HERD = [
  'sell',
  'cull',
  'substitute',
  'report_missing',
  'report_found',
  'report_death',
  'mortgage',
  'record_count',
  'record_count',
  'freeze',
  'unfreeze',
] as const;

function herdStep(world: World, draw: Draw): RandomCommand | undefined {
  const name = defined(HERD[draw.kind % HERD.length], 'a command');
  const [found] = ofHerd(world, name, draw);
  return found === undefined ? undefined : { ...found, contract: 'livestock' };
}

function facilityStep(world: World, draw: Draw): RandomCommand {
  const { version, enforcement } = world.must(facilities, 'pl_1');
  const own = { id: 'pl_1', expectedVersion: version };
  const asset = defined(IDS[draw.a % IDS.length], 'an animal');
  const proof = `pp_${draw.a % 4}`;
  const listed = world.records(sales).length;
  const marketReference = { kind: 'feed', feed: 'pf_1' };
  const sold = { assets: [{ asset, price: yuan(650_000n) }], buyer: world.id('buyer') };
  const opening = { method: 'private_sale', pledgorSigns: false, notices: [] };
  const payer = enforcement === undefined ? 'farm' : 'buyer';
  const amount = enforcement === undefined ? BigInt(draw.b) * 10_000n + 1n : 650_000n;
  const commands: readonly (readonly [string, string, CborMap])[] = [
    ['farm', 'draw', { ...own, amount: yuan(BigInt(draw.b) * 20_000n + 1n) }],
    ['stranger', 'revalue', { id: 'pl_1' }],
    ['stranger', 'revalue', { id: 'pl_1' }],
    ['farm', 'add_item', { id: 'pl_1', item: animalItem(asset) }],
    ['farm', 'cure_goods', { id: 'pl_1', item: animalItem(asset) }],
    ['lender', 'release_item', { ...own, asset }],
    ['farm', 'repay', { id: 'pl_1', proof }],
    ['farm', 'cure_cash', { id: 'pl_1', proof }],
    ['lender', 'fail_cure', own],
    ['lender', 'declare_default', { ...own, event: 'cure_failed' }],
    ['lender', 'open_enforcement', { ...own, ...opening }],
    [
      'lender',
      'record_sale',
      { ...own, ...sold, marketReference, evidence: paper, complete: draw.b % 2 === 0 },
    ],
    ['stranger', 'distribute', { id: 'pl_1', sale: Math.max(1, listed), proof }],
    ['bank', 'submit_proof', proofTerms(world, proof, amount, payer)],
  ];
  const [alias, name, params] = defined(commands[draw.kind % commands.length], 'a command');
  const contract = name === 'submit_proof' ? 'payment' : 'pledge-facility';
  return { alias, contract, name, params };
}

/** Time passes and a price comes; a filing; the next signature of what is waiting for one. */
function worldStep(world: World, draw: Draw): RandomCommand | undefined {
  const waiting = ['livestock', 'pledge-facility'].flatMap((contract) =>
    world.records(pendingsOf(contract)).map((pending) => ({ contract, pending })),
  );
  const next = waiting[draw.a % Math.max(1, waiting.length)];
  if (draw.kind % 4 < 2 && next !== undefined) {
    const { id, pendingId, remaining } = next.pending;
    const signers = ['farm', 'vet', 'lender', 'lender2', 'insurer', 'supervisor'];
    const alias = signers.find((one) => world.id(one) === remaining[0]) ?? 'stranger';
    return { alias, contract: next.contract, name: 'countersign', params: { id, pendingId } };
  }
  if (draw.kind % 4 === 2) {
    const id = world.records(liens)[draw.a]?.id ?? 'ln_1';
    const registeredAt = world.nowMs();
    const registryValidTo = dayFromTime(registeredAt) + 900;
    const filing = { kind: 'registration', registrationNo: `R-${draw.b}`, registeredAt };
    const params = { id, publicity: { ...filing, registryValidTo } };
    return { alias: 'registry', contract: 'lien', name: 'record_publicity', params };
  }
  const { lastRound: round } = world.must(feeds, 'pf_1');
  const waitMs = draw.b % 3 === 0 ? DAY_MS / 2 : 0;
  const value = 2_800n + BigInt(draw.a) * 40n;
  const observedAt = world.nowMs() + waitMs;
  const params = { id: 'pf_1', round: round + 1, value, observedAt };
  return { alias: 'oracle', contract: 'price-feed', name: 'submit_quote', params, waitMs };
}

const stepArbitrary = fc
  .record({ group: fc.nat(4), kind: fc.nat(999), a: fc.nat(9), b: fc.nat(9) })
  .map(({ group, ...draw }): RandomStep => {
    return (world) => {
      if (group === 0) return herdStep(world, draw);
      return group < 3 ? facilityStep(world, draw) : worldStep(world, draw);
    };
  });

const revalueStep: RandomStep = () => {
  const params = { id: 'pl_1' };
  return { alias: 'stranger', contract: 'pledge-facility', name: 'revalue', params };
};

/** V by the sentences of the README and nothing of the contract's (F5, A3). */
function herdValue(world: World): bigint {
  const now = world.nowMs();
  const feed = world.must(feeds, 'pf_1');
  const { current } = feed;
  if (feed.state !== 'OPEN' || current === undefined) return 0n;
  if (now - current.observedAt > feed.staleAfterMs) return 0n;
  let value = 0n;
  for (const { asset, verifiedAt = 0, verifiedWithinMs } of world.must(facilities, 'pl_1').items) {
    const animal = world.must(animals, asset);
    const [entry] = world.read(onAsset, asset)?.liens ?? [];
    const lien = entry === undefined ? undefined : world.must(liens, entry.lien);
    const { haircutBps } = world.must(pens, animal.pen ?? '');
    const counts =
      animal.state === 'IN_PEN' &&
      animal.frozen === undefined &&
      lien?.debtRef === 'pl_1' &&
      isEffective(lien.state) &&
      now - verifiedAt <= verifiedWithinMs;
    const weight = BigInt(40 + Math.min(400, dayFromTime(now) - animal.born));
    const kept = BigInt(Math.max(0, 10_000 - 1_000 - haircutBps));
    if (counts) value += (weight * current.value * kept) / 10_000n;
  }
  return value;
}

describe('animals that secure a debt, under random commands', () => {
  it('A1 to A4, F1 to F7 and L2 hold, and what is refused changes nothing', () => {
    let accepted = 0;
    const ended = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(stepArbitrary, { minLength: STEPS, maxLength: STEPS, size: 'max' }),
        (steps) => {
          const look: RandomStep = (world) => {
            ended.add(world.must(facilities, 'pl_1').state);
            for (const { state } of world.records(animals)) if (hasLeft(state)) ended.add(state);
            if (world.must(pens, PEN).haircutBps > 0) ended.add('haircut');
            const { state, valuation } = world.must(facilities, 'pl_1');
            if (isLive(state)) expect(valuation?.valueMinor).toBe(herdValue(world));
            return undefined;
          };
          const report = runSteps(lentWorld, [...steps, revalueStep, look], rules);
          accepted += report.accepted;
          expect(report.problems).toEqual([]);
        },
      ),
      { numRuns: RUNS, seed: SEED },
    );
    expect(accepted).toBeGreaterThan(ACCEPTED_MIN);
    const wanted = ['NORMAL', 'MARGIN_CALL', 'CURE_FAILED', 'SOLD', 'DEAD', 'haircut'];
    expect(wanted.filter((one) => !ended.has(one))).toEqual([]);
  });
});
