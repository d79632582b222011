import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isStatus } from '../../status.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { lotProblem } from '../tracedLot.js';
import { custodianProblem, findTree, moveTree, treeToChange } from '../unitRecords.js';

/** A clinic gives a dose (接种), once; whom, stands nowhere on the ledger (T4). */
export const dispense = command({
  who: ['CLINIC'],
  params: commandSchemas.dispense,
  verify: (context, { id, expectedVersion }) => {
    const tree = findTree(context, id);
    if (isStatus(tree)) return tree;
    const { unit, standing, lot } = tree;
    if (standing.state === 'DISPENSED') return status('unit_already_dispensed');
    const problem = custodianProblem(context, tree, expectedVersion);
    if (problem !== undefined) return problem;
    if (lot.kind !== 'vaccine') return status('lot_is_not_vaccine');
    if (unit.level !== 1) return status('not_a_smallest_pack');
    if (standing.state === 'QUARANTINED') return status('unit_is_quarantined');
    if (standing.state !== 'RECEIVED') return status('state_forbids_command');
    return lotProblem(context, lot) ?? OK;
  },
  execute: (context, { id }) => {
    const tree = treeToChange(context, id);
    const next = { ...tree.standing, state: 'DISPENSED' as const, since: context.timeMs };
    const { version } = moveTree(context, tree, next, { kind: 'dispense' });
    const facts = { state: 'DISPENSED', lot: tree.lot.id, clinic: context.sender };
    context.emit('unit.dispensed', id, { version, ...facts });
    return OK;
  },
});
