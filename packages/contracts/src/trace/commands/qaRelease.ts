import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { criticalAlertProblem } from '../../monitoring/internal.js';
import { isStatus } from '../../status.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { lotProblem } from '../tracedLot.js';
import { findTree, moveTree, stopProblem, treeToChange } from '../unitRecords.js';

/** The maker's quality unit frees held goods on evidence; they stand as before the hold. */
export const qaRelease = command({
  who: 'anyone',
  params: commandSchemas.qa_release,
  verify: (context, { id, expectedVersion }) => {
    const tree = findTree(context, id);
    if (isStatus(tree)) return tree;
    const { standing, lot } = tree;
    if (lot.maker !== context.sender) return status('signer_not_party_to_object');
    const problem = stopProblem(context, tree, expectedVersion);
    if (problem !== undefined) return problem;
    if (standing.state !== 'QUARANTINED') return status('state_forbids_command');
    const refusal = lotProblem(context, lot);
    if (refusal !== undefined) return refusal;
    const assets = [id, standing.shipment?.monitoredAs ?? id];
    return criticalAlertProblem(context, ...assets);
  },
  execute: (context, { id, evidence }) => {
    const tree = treeToChange(context, id);
    const { former = 'COMMISSIONED', ...standing } = tree.standing;
    const next = { ...standing, state: former, since: context.timeMs };
    const { version } = moveTree(context, tree, next, { kind: 'qa_release', evidence });
    context.emit('unit.qa_released', id, { version, state: former, evidence });
    return OK;
  },
});
