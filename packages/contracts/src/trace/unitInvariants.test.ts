import { defined } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { type Machine, type RandomStep, runSteps } from '../runSteps.js';
import type { World } from '../testkit.js';
import { invariants } from './invariants.js';
import { lotCounts, sequenceParts, tracedLots, unitSteps, units } from './keys.js';
import { lifecycle } from './lifecycle.js';
import { statusCodes } from './statusCodes.js';
import {
  CASE,
  certificate,
  codeOf,
  LOT,
  logTemperatures,
  PACKS,
  PALLET,
  paper,
  releasedWorld,
  travel,
  vaccineWorld,
} from './vaccineWorld.js';

const ALIASES = ['maker', 'cdc', 'clinic', 'carrier', 'witness', 'release', 'regulator'] as const;
const IDS = [...PACKS, CASE, PALLET, 'vu_new'] as const;

/** Who has a unit, so that most commands are sent by whom the rules ask. */
function custodianOf(world: World, id: string): string {
  const party = world.read(units, id)?.top?.custodian;
  return ALIASES.find((alias) => world.id(alias) === party) ?? 'maker';
}

function receiverOf(world: World, id: string): string {
  const top = world.read(units, id)?.top;
  const party = top?.shipment?.to ?? top?.pending?.other;
  return ALIASES.find((alias) => world.id(alias) === party) ?? 'cdc';
}

const stepArbitrary = fc
  .record({ kind: fc.nat(19), who: fc.nat(30), a: fc.nat(5), b: fc.nat(5), wait: fc.nat(40) })
  .map(({ kind, who, a, b, wait }): RandomStep => {
    return (world) => {
      const tops = world.records(units).filter((one) => one.top !== undefined);
      const top = tops[a % Math.max(1, tops.length)];
      const id = who < 24 && top !== undefined ? top.id : defined(IDS[a], 'a unit');
      const other = defined(IDS[b], 'a unit');
      const unit = world.read(units, id);
      const holder = who < ALIASES.length ? defined(ALIASES[who], 'x') : custodianOf(world, id);
      const receiver = who < ALIASES.length ? holder : receiverOf(world, id);
      const own = { id, expectedVersion: unit?.version ?? 1 };
      const lot = world.must(tracedLots, LOT);
      const decision = { id: LOT, expectedVersion: lot.version, certificate };
      const to = world.id(b % 2 === 0 ? 'cdc' : 'clinic');
      const packing = { parent: id, expectedVersion: own.expectedVersion, children: [other] };
      const pendingId = unit?.top?.pending?.pendingId ?? 'none';
      const reason = 'because';
      const commands = [
        [
          'maker',
          'commission',
          { lot: LOT, level: (b % 3) + 1, units: [{ id, code: codeOf(id) }] },
        ],
        [holder, 'pack', packing],
        [holder, 'pack', packing],
        [holder, 'unpack', packing],
        ['release', 'release_lot', decision],
        [holder, 'ship', { ...own, to }],
        [holder, 'ship', { ...own, to }],
        [receiver, 'receive', { ...own, releaseCopy: certificate }],
        [receiver, 'refuse', { id, reason }],
        [holder, 'dispense', own],
        [holder, 'quarantine', { ...own, reason }],
        ['maker', 'qa_release', { ...own, evidence: paper }],
        [holder, 'destroy', { ...own, witness: world.id('witness'), reason, evidence: paper }],
        [receiver, 'countersign', { id, pendingId }],
        [receiver, 'reject', { id, pendingId }],
        [holder, 'hand_over', { ...own, receiver: world.id('carrier') }],
        [holder, 'report_lost', { ...own, reason }],
        [who === 0 ? 'regulator' : holder, 'recall', { id: LOT, reason, evidence: paper }],
        [holder, 'associate', { ...own, with: other }],
        ['regulator', wait % 2 ? 'freeze' : 'unfreeze', { id, order: paper }],
      ] as const;
      const [alias, name, params] = defined(commands[kind], 'a command');
      return { alias, contract: 'trace', name, params, waitMs: wait * 1_000 };
    };
  });

/** Trees by their tops: what is inside one has no state of its own. */
const topMachine: Machine = {
  stateOf: (world) =>
    new Map(
      world.records(units).flatMap((unit) => {
        return unit.top === undefined ? [] : [[unit.id, unit.top.state] as const];
      }),
    ),
  moves: {
    ...lifecycle.unit,
    '*': {
      commission: 'COMMISSIONED',
      unpack: 'COMMISSIONED, RECEIVED, QUARANTINED',
    },
  },
};

/** A tree on its way, its record whole, so that random runs reach a receipt. */
function underwayWorld(): World {
  const world = releasedWorld();
  logTemperatures(world, [500]);
  const ship = {
    id: PALLET,
    expectedVersion: world.must(units, PALLET).version,
    to: world.id('cdc'),
  };
  world.submit('maker', 'trace', 'ship', ship);
  logTemperatures(world, [500, 510, 490]);
  return world;
}

describe('units under random commands', () => {
  it.each([
    ['before release', vaccineWorld],
    ['on their way', underwayWorld],
  ] as const)('T1 to T4 hold, and a refusal changes nothing: %s', (_name, start) => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(stepArbitrary, { minLength: 50, maxLength: 50 }), (steps) => {
        const rules = { invariants, machines: [topMachine], statusCodes };
        const report = runSteps(start, steps, rules);
        accepted += report.accepted;
        expect(report.problems).toEqual([]);
      }),
      { numRuns: 300, seed: 20_261_121 },
    );
    expect(accepted).toBeGreaterThan(400);
  });

  it('T1 is noticed broken: two parents, a wrong custodian, a wrong count', () => {
    const world = releasedWorld();
    const pack = world.must(units, PACKS[0]);
    const top = world.must(units, PALLET);
    world.plant(units, [pack.id], { ...pack, parent: 'vu_none' });
    expect(broken(world)).toContain('T1 a unit is inside one parent or a top with one custodian');
    world.plant(units, [pack.id], pack);
    const standing = defined(top.top, 'a top');
    const stolen = { ...standing, custodian: world.id('stranger') };
    world.plant(units, [PALLET], { ...top, top: stolen });
    expect(broken(world)).toContain('T1 custody changes by a signed receipt or hand-over only');
    world.plant(units, [PALLET], { ...top, units: top.units + 1 });
    expect(broken(world)).toContain('T1 a tree knows what it holds');
  });

  it('T2 is noticed broken: a unit counted twice', () => {
    const world = releasedWorld();
    const counts = world.must(lotCounts, LOT);
    const LOST = { units: 1, packs: 1 };
    world.plant(lotCounts, [LOT], { ...counts, byState: { ...counts.byState, LOST } });
    expect(broken(world)).toEqual(['T2']);
  });

  it('T3 is noticed broken: a journey without commissioning', () => {
    const world = releasedWorld();
    travel(world, PALLET, 'maker', 'cdc');
    const step = world.must(unitSteps, ...sequenceParts(PALLET, 1));
    world.plant(unitSteps, sequenceParts(PALLET, 1), { ...step, kind: 'ship' });
    expect(broken(world)).toContain('T3 nothing travels that was not commissioned before');
  });

  it('T4 is noticed broken: records that end too early', () => {
    const world = vaccineWorld();
    const lot = world.must(tracedLots, LOT);
    world.plant(tracedLots, [LOT], { ...lot, keepUntilDay: (lot.expiryDay ?? 0) + 4 * 365 });
    expect(broken(world)).toContain('T4 vaccine records are kept five years past expiry');
  });

  it('L1 is noticed broken: more taken than made', () => {
    const world = vaccineWorld();
    const lot = world.must(tracedLots, LOT);
    world.plant(tracedLots, [LOT], { ...lot, made: { ...lot.made, value: 2n } });
    expect(broken(world)).toContain('L1 a lot gives no more than was made of it');
  });
});

function broken(world: World): string[] {
  return brokenInvariants(invariants, world).map((text) => text.split(':')[0] ?? '');
}
