import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isStatus } from '../../status.js';
import { findEvent } from '../internal.js';
import { units } from '../keys.js';
import { growTree } from '../packing.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import {
  custodianProblem,
  findTree,
  saveStep,
  type Tree,
  topOf,
  unitToChange,
} from '../unitRecords.js';
import type { Unit } from '../unitSchema.js';

/** The custodian packs units into a larger one of the same lot: they stand as it does from now. */
export const pack = command({
  who: 'anyone',
  params: commandSchemas.pack,
  verify: (context, { parent, children, expectedVersion, event }) => {
    const holder = context.get(units, parent);
    if (holder === undefined) return status('object_not_found');
    const top = findTree(context, topOf(context, holder).id);
    if (isStatus(top)) return top;
    const version = holder.id === top.unit.id ? expectedVersion : top.unit.version;
    const problem = custodianProblem(context, top, version);
    if (problem !== undefined) return problem;
    if (holder.version !== expectedVersion) return status('object_version_is_stale');
    const { state } = top.standing;
    if (state !== 'COMMISSIONED' && state !== 'RECEIVED') return status('state_forbids_command');
    if (event !== undefined && findEvent(context, event) === undefined) {
      return status('reference_not_found');
    }
    for (const id of new Set(children)) {
      const refusal = childProblem(context, id, holder, top);
      if (refusal !== undefined) return refusal;
    }
    return OK;
  },
  execute: (context, { parent, children, event }) => {
    const holder = unitToChange(context, parent);
    const standing = topOf(context, holder).top;
    const list = [...new Set(children)];
    const events = event === undefined ? [] : [event];
    let count = 0;
    let packs = 0;
    for (const id of list) {
      const { top, ...child } = unitToChange(context, id);
      if (top === undefined || standing === undefined) return status('unit_already_has_parent');
      saveStep(context, { ...child, parent }, standing, { kind: 'pack', parent, events });
      count += child.units;
      packs += child.packs;
    }
    const { version } = growTree(context, parent, { children: list.length, units: count, packs });
    context.emit('unit.packed', parent, { version, children: list, units: count, packs, event });
    return OK;
  },
});

/** T1: one parent; the same lot, custodian and state; and always a smaller unit in a larger. */
function childProblem(
  context: ReadContext,
  id: string,
  holder: Unit,
  top: Tree,
): Status | undefined {
  const child = findTree(context, id);
  if (isStatus(child)) {
    return child.code === 'unit_is_packed' ? status('unit_already_has_parent') : child;
  }
  if (child.unit.level >= holder.level) return status('packing_level_too_low');
  if (child.unit.lot !== holder.lot) return status('units_of_different_lots');
  const problem = custodianProblem(context, child, child.unit.version);
  if (problem !== undefined) return problem;
  return child.standing.state === top.standing.state ? undefined : status('units_stand_apart');
}
