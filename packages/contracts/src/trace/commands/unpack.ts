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
  isHeld,
  saveStep,
  topOf,
  unitToChange,
} from '../unitRecords.js';

/** The custodian takes units out of a larger one: each is a top and stands as its tree did. */
export const unpack = command({
  who: 'anyone',
  params: commandSchemas.unpack,
  verify: (context, { parent, children, expectedVersion, event }) => {
    const holder = context.get(units, parent);
    if (holder === undefined) return status('object_not_found');
    const top = findTree(context, topOf(context, holder).id);
    if (isStatus(top)) return top;
    const problem = custodianProblem(context, top, top.unit.version);
    if (problem !== undefined) return problem;
    if (holder.version !== expectedVersion) return status('object_version_is_stale');
    const { state } = top.standing;
    if (!isHeld(state) || state === 'IN_TRANSIT') return status('state_forbids_command');
    if (event !== undefined && findEvent(context, event) === undefined) {
      return status('reference_not_found');
    }
    return insideProblem(context, parent, children) ?? OK;
  },
  execute: (context, { parent, children, event }) => {
    const standing = topOf(context, unitToChange(context, parent)).top;
    const list = [...new Set(children)];
    const events = event === undefined ? [] : [event];
    let count = 0;
    let packs = 0;
    for (const id of list) {
      const { parent: _, ...child } = unitToChange(context, id);
      if (standing === undefined) return status('unit_is_packed');
      saveStep(context, { ...child, top: standing }, standing, { kind: 'unpack', parent, events });
      count += child.units;
      packs += child.packs;
    }
    const less = { children: -list.length, units: -count, packs: -packs };
    const { version } = growTree(context, parent, less);
    context.emit('unit.unpacked', parent, { version, children: list, units: count, packs, event });
    return OK;
  },
});

function insideProblem(
  context: ReadContext,
  parent: string,
  children: readonly string[],
): Status | undefined {
  for (const id of children) {
    const child = context.get(units, id);
    if (child === undefined) return status('object_not_found');
    if (child.parent !== parent) return status('unit_is_not_inside');
  }
  return undefined;
}
