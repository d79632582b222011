import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isStatus } from '../../status.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { custodianProblem, findTree, saveTop, treeToChange } from '../unitRecords.js';

/** The custodian parts a tree from a device or box; not while it travels on that box's record. */
export const dissociate = command({
  who: 'anyone',
  params: commandSchemas.dissociate,
  verify: (context, { id, expectedVersion, with: other }) => {
    const tree = findTree(context, id);
    if (isStatus(tree)) return tree;
    const problem = custodianProblem(context, tree, expectedVersion);
    if (problem !== undefined) return problem;
    if (tree.standing.shipment?.monitoredAs === other) return status('state_forbids_command');
    return tree.unit.joinedTo.includes(other) ? OK : status('not_joined');
  },
  execute: (context, { id, with: other }) => {
    const { unit } = treeToChange(context, id);
    const left = unit.joinedTo.filter((one) => one !== other);
    const { version, joinedTo } = saveTop(context, { ...unit, joinedTo: left });
    context.emit('unit.dissociated', id, { version, with: other, joinedTo });
    return OK;
  },
});
