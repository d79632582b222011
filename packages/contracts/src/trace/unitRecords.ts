import {
  defined,
  type ReadContext,
  type Status,
  textFromTxId,
  type WriteContext,
} from '@triflow/protocol';
import { isFrozenAt } from '../frozen.js';
import { isStatus } from '../status.js';
import { sequenceParts, tracedLots, unitSteps, units } from './keys.js';
import { status } from './statusCodes.js';
import { countMove, lotToChange } from './tracedLot.js';
import type { TracedLot, Unit, UnitStanding, UnitState, UnitStep } from './unitSchema.js';

/** A tree of units by its top. */
export interface Tree {
  readonly unit: Unit;
  readonly standing: UnitStanding;
  readonly lot: TracedLot;
}

/** What a step notes beside what the tree tells. */
export type StepNote = Pick<UnitStep, 'kind'> &
  Partial<Pick<UnitStep, 'giver' | 'receiver' | 'reason' | 'evidence' | 'events' | 'parent'>>;

/** A unit's record that the guards have found. */
export function unitToChange(context: ReadContext, id: string): Unit {
  return defined(context.get(units, id), `trace: ${id} was found by its guards`);
}

/** The tree that a unit is the top of, or why there is none. */
export function findTree(context: ReadContext, id: string): Tree | Status {
  const unit = context.get(units, id);
  if (unit === undefined) return status('object_not_found');
  if (unit.top === undefined) return status('unit_is_packed');
  return { unit, standing: unit.top, lot: lotToChange(context, unit.lot) };
}

/** The tree that a unit is the top of, where the guards have found it. */
export function treeToChange(context: ReadContext, id: string): Tree {
  const tree = findTree(context, id);
  return defined(isStatus(tree) ? undefined : tree, `trace: ${id} was found by its guards`);
}

/** The top of the tree that holds a unit, itself when it is the top: at most 8 steps up. */
export function topOf(context: ReadContext, unit: Unit): Unit {
  let top = unit;
  while (top.parent !== undefined) top = unitToChange(context, top.parent);
  return top;
}

/** Who has the tree signs; no order and no other command stops it; the version is the one read. */
export function custodianProblem(
  context: ReadContext,
  { unit, standing, lot }: Tree,
  expectedVersion: number,
): Status | undefined {
  if (standing.custodian !== context.sender) return status('signer_not_party_to_object');
  return stopProblem(context, { unit, standing, lot }, expectedVersion);
}

/** No order of a court stops the tree, no other command waits, the version is the one read. */
export function stopProblem(
  context: ReadContext,
  { unit, standing, lot }: Tree,
  expectedVersion: number,
): Status | undefined {
  const frozen = isFrozenAt(unit, context.timeMs) || isFrozenAt(lot, context.timeMs);
  if (frozen) return status('object_is_frozen');
  if (standing.pending !== undefined) return status('object_has_pending_command');
  return unit.version === expectedVersion ? undefined : status('object_version_is_stale');
}

/** Writes a tree's new standing with its counts, its step and one version more. */
export function moveTree(
  context: WriteContext,
  { unit, standing }: Tree,
  next: UnitStanding,
  note: StepNote,
): Unit {
  const { units: count, packs } = unit;
  if (standing.state !== next.state || standing.custodian !== next.custodian) {
    countMove(context, unit.lot, { from: standing, to: next, units: count, packs });
  }
  return saveStep(context, { ...unit, top: next }, next, note);
}

/** Notes a step of a unit and writes its record with one version more. */
export function saveStep(
  context: WriteContext,
  unit: Unit,
  { state, custodian }: Pick<UnitStanding, 'state' | 'custodian'>,
  { events, ...note }: StepNote,
): Unit {
  const steps = unit.steps + 1;
  const saved: Unit = { ...unit, steps, version: unit.version + 1 };
  context.put(units, [unit.id], saved);
  context.put(unitSteps, sequenceParts(unit.id, steps), {
    unit: unit.id,
    lot: unit.lot,
    ...note,
    state,
    custodian,
    events: [...(events ?? [])],
    units: unit.units,
    packs: unit.packs,
    tx: textFromTxId(context.txId),
    at: context.timeMs,
  });
  return saved;
}

/** Writes a tree's top without a step: what waits for a signature, or what is joined to it. */
export function saveTop(context: WriteContext, unit: Unit, standing?: UnitStanding): Unit {
  const top = standing ?? unit.top;
  const saved: Unit = { ...unit, ...(top === undefined ? {} : { top }), version: unit.version + 1 };
  context.put(units, [unit.id], saved);
  return saved;
}

/** The standing of a tree once nothing waits for a signature any more. */
export function withoutPending({ pending: _, ...standing }: UnitStanding): UnitStanding {
  return standing;
}

/** States in which goods are there and may be handled. */
export function isHeld(state: UnitState): boolean {
  return state !== 'DISPENSED' && state !== 'DESTROYED' && state !== 'LOST';
}

/** The traced lot of an id, or undefined. */
export function findTracedLot(context: ReadContext, id: string): TracedLot | undefined {
  return context.get(tracedLots, id);
}
