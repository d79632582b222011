import { addMonths, limits } from '@triflow/protocol';
import { eachRecord, type Invariant, type StateView } from '../invariant.js';
import {
  lotCounts,
  lotPlaces,
  sequenceParts,
  supplies,
  tracedLots,
  transformations,
  unitSteps,
  units,
} from './keys.js';
import { type Unit, type UnitStep, unitStates } from './unitSchema.js';

const CUSTODY_CHANGES: ReadonlySet<UnitStep['kind']> = new Set(['receive', 'hand_over']);

/** T1 to T4 and the quantities of transformations. */
export const unitInvariants: readonly Invariant[] = [
  eachRecord('T1 a unit is inside one parent or a top with one custodian', units, (unit, state) => {
    if ((unit.parent === undefined) === (unit.top === undefined)) return false;
    const parent = unit.parent === undefined ? undefined : state.read(units, unit.parent);
    if (unit.parent !== undefined && parent === undefined) return false;
    return parent === undefined || (parent.level > unit.level && parent.lot === unit.lot);
  }),
  eachRecord('T1 a tree knows what it holds', units, (unit, state) => {
    const children = state.records(units).filter((one) => one.parent === unit.id);
    const count = children.reduce((sum, one) => sum + one.units, 1);
    const own = unit.level === 1 ? 1 : 0;
    const packs = children.reduce((sum, one) => sum + one.packs, own);
    const same = children.length === unit.children && count === unit.units;
    return same && packs === unit.packs && unit.level <= limits.packingLevelsMax;
  }),
  eachRecord('T1 custody changes by a signed receipt or hand-over only', units, (unit, state) => {
    const steps = stepsOf(unit, state);
    if (steps.length !== unit.steps) return false;
    const jumps = steps.filter((step, at) => {
      const before = steps[at - 1];
      const inherits = step.kind === 'unpack' || step.kind === 'pack';
      if (before === undefined || inherits || before.custodian === step.custodian) return false;
      return !CUSTODY_CHANGES.has(step.kind);
    });
    const last = steps.at(-1);
    return jumps.length === 0 && (unit.top === undefined || last?.custodian === unit.top.custodian);
  }),
  {
    rule: 'T2 the units by state add up to what was commissioned',
    broken: (state) =>
      state
        .records(tracedLots)
        .filter(({ id }) => {
          const counts = state.read(lotCounts, id);
          const own = state.records(units).filter((unit) => unit.lot === id);
          const places = state.records(lotPlaces).filter((place) => place.lot === id);
          const kept = unitStates.every((name) => {
            const trees = own.filter((unit) => unit.top?.state === name);
            const heads = trees.reduce((sum, unit) => sum + unit.units, 0);
            const packs = trees.reduce((sum, unit) => sum + unit.packs, 0);
            const heap = counts?.byState[name];
            const placed = places.reduce((sum, place) => sum + place.byState[name].units, 0);
            return heap?.units === heads && heap.packs === packs && placed === heads;
          });
          const packs = own.filter((unit) => unit.level === 1).length;
          const whole = counts?.commissioned;
          return !kept || whole?.units !== own.length || whole.packs !== packs;
        })
        .map((lot) => `T2: ${lot.id}`),
  },
  eachRecord('T3 nothing travels that was not commissioned before', units, (unit, state) => {
    const [first, ...others] = stepsOf(unit, state);
    const once = others.every((step) => step.kind !== 'commission');
    return first?.kind === 'commission' && once && first.at === unit.commissionedAt;
  }),
  {
    rule: 'T3 no step of a unit without the unit',
    broken: (state) =>
      state
        .records(unitSteps)
        .filter((step) => state.read(units, step.unit) === undefined)
        .map((step) => `T3: ${step.unit}`),
  },
  eachRecord('T4 vaccine records are kept five years past expiry', tracedLots, (lot) => {
    if (lot.kind !== 'vaccine') return true;
    const { expiryDay, keepUntilDay } = lot;
    return expiryDay !== undefined && (keepUntilDay ?? 0) >= addMonths(expiryDay, 60);
  }),
  eachRecord('L1 a lot gives no more than was made of it', tracedLots, (lot, state) => {
    const packs = state.read(lotCounts, lot.id)?.commissioned.packs ?? 0;
    const counted = lot.made.unit === 'H87' && lot.made.scale === 0 ? BigInt(packs) : 0n;
    const taken = state
      .records(transformations)
      .flatMap((one) => one.inputs)
      .filter((part) => part.lot === lot.id)
      .reduce((sum, { quantity }) => {
        return sum + quantity.value * 10n ** BigInt(lot.made.scale - quantity.scale);
      }, 0n);
    return taken === lot.used && lot.used + counted <= lot.made.value;
  }),
  {
    rule: 'a supply counts what travels and what was accepted',
    broken: (state) =>
      state
        .records(supplies)
        .filter(({ underway, accepted, ordered }) => {
          return underway < 0 || accepted < 0 || underway + accepted > ordered;
        })
        .map(({ lot, buyer }) => `supply: ${lot} ${buyer}`),
  },
];

function stepsOf(unit: Unit, state: StateView): UnitStep[] {
  const steps: UnitStep[] = [];
  for (let number = 1; number <= unit.steps; number += 1) {
    const step = state.read(unitSteps, ...sequenceParts(unit.id, number));
    if (step !== undefined) steps.push(step);
  }
  return steps;
}
