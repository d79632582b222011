import { limits, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isStatus } from '../../status.js';
import { units } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { custodianProblem, findTree, isHeld, saveTop, treeToChange } from '../unitRecords.js';

/** The custodian joins a tree for long to a device or to a box that is itself a unit. */
export const associate = command({
  who: 'anyone',
  params: commandSchemas.associate,
  verify: (context, { id, expectedVersion, with: other }) => {
    const tree = findTree(context, id);
    if (isStatus(tree)) return tree;
    const problem = custodianProblem(context, tree, expectedVersion);
    if (problem !== undefined) return problem;
    const { state } = tree.standing;
    if (!isHeld(state) || state === 'IN_TRANSIT') return status('state_forbids_command');
    if (other === id) return status('parties_must_differ');
    if (other.startsWith('vu_') && context.get(units, other) === undefined) {
      return status('reference_not_found');
    }
    const { joinedTo } = tree.unit;
    if (joinedTo.includes(other)) return status('already_joined');
    return joinedTo.length < limits.associationsPerUnitMax ? OK : status('bound_exceeded');
  },
  execute: (context, { id, with: other }) => {
    const { unit } = treeToChange(context, id);
    const { version, joinedTo } = saveTop(context, {
      ...unit,
      joinedTo: [...unit.joinedTo, other],
    });
    context.emit('unit.associated', id, { version, with: other, joinedTo });
    return OK;
  },
});
