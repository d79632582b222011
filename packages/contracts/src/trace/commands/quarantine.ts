import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isStatus } from '../../status.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { custodianProblem, findTree, moveTree, treeToChange } from '../unitRecords.js';
import type { UnitStanding, UnitState } from '../unitSchema.js';

/** The custodian holds goods for a decision: an excursion is no destruction. */
export const quarantine = command({
  who: 'anyone',
  params: commandSchemas.quarantine,
  verify: (context, { id, expectedVersion }) => {
    const tree = findTree(context, id);
    if (isStatus(tree)) return tree;
    const problem = custodianProblem(context, tree, expectedVersion);
    if (problem !== undefined) return problem;
    const former = formerState(tree.standing.state);
    return former === undefined ? status('state_forbids_command') : OK;
  },
  execute: (context, { id, reason, evidence }) => {
    const tree = treeToChange(context, id);
    const former = formerState(tree.standing.state);
    const next: UnitStanding = {
      ...tree.standing,
      state: 'QUARANTINED',
      ...(former === undefined ? {} : { former }),
      since: context.timeMs,
    };
    const proof = evidence === undefined ? {} : { evidence };
    const { version } = moveTree(context, tree, next, { kind: 'quarantine', reason, ...proof });
    context.emit('unit.quarantined', id, { version, state: 'QUARANTINED', former, reason });
    return OK;
  },
});

/** The state that a release by quality gives back; undefined where nothing can be held. */
function formerState(state: UnitState): UnitStanding['former'] {
  return state === 'COMMISSIONED' || state === 'IN_TRANSIT' || state === 'RECEIVED'
    ? state
    : undefined;
}
