import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isStatus } from '../../status.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { endDebt } from '../supplyRecord.js';
import { custodianProblem, findTree, isHeld, moveTree, treeToChange } from '../unitRecords.js';

/** The custodian says that goods are gone. */
export const reportLost = command({
  who: 'anyone',
  params: commandSchemas.report_lost,
  verify: (context, { id, expectedVersion }) => {
    const tree = findTree(context, id);
    if (isStatus(tree)) return tree;
    const problem = custodianProblem(context, tree, expectedVersion);
    if (problem !== undefined) return problem;
    return isHeld(tree.standing.state) ? OK : status('state_forbids_command');
  },
  execute: (context, { id, reason }) => {
    const tree = treeToChange(context, id);
    const { former: _, shipment: __, ...standing } = tree.standing;
    const next = { ...standing, state: 'LOST' as const, since: context.timeMs };
    const { version } = moveTree(context, tree, next, { kind: 'report_lost', reason });
    context.emit('unit.lost', id, { version, state: 'LOST', reason });
    return endDebt(context, tree);
  },
});
