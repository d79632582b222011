import { OK } from '@triflow/protocol';
import { areAffiliated, isActive } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { isStatus } from '../../status.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { endDebt } from '../supplyRecord.js';
import {
  custodianProblem,
  findTree,
  isHeld,
  moveTree,
  saveTop,
  treeToChange,
  withoutPending,
} from '../unitRecords.js';

/** The custodian destroys goods before an independent witness, who signs after. */
export const destroy = countersigned({
  who: 'anyone',
  params: commandSchemas.destroy,
  object: ({ id }) => id,
  signers: (_context, { witness }) => [witness],
  verify: (context, { id, expectedVersion, witness }, phase) => {
    const tree = findTree(context, id);
    if (isStatus(tree)) return tree;
    const { custodian, state } = tree.standing;
    if (phase === 'open') {
      const problem = custodianProblem(context, tree, expectedVersion);
      if (problem !== undefined) return problem;
    }
    if (!isHeld(state)) return status('state_forbids_command');
    if (witness === custodian) return status('parties_must_differ');
    if (!isActive(context, witness)) return status('party_not_active');
    const apart = areAffiliated(context, custodian, witness) === 'not_affiliated';
    return apart ? OK : status('witness_not_independent');
  },
  hold: {
    open: (context, { id, witness }, pendingId) => {
      const { unit, standing } = treeToChange(context, id);
      const pending = { kind: 'destroy' as const, pendingId, other: witness };
      saveTop(context, unit, { ...standing, pending });
    },
    restore: (context, { id }) => {
      const { unit, standing } = treeToChange(context, id);
      saveTop(context, unit, withoutPending(standing));
    },
  },
  execute: (context, { id, witness, reason, evidence }) => {
    const tree = treeToChange(context, id);
    const { former: _, shipment: __, ...standing } = tree.standing;
    const next = { ...standing, state: 'DESTROYED' as const, since: context.timeMs };
    const note = { kind: 'destroy' as const, receiver: witness, reason, evidence };
    const { version } = moveTree(context, tree, next, note);
    context.emit('unit.destroyed', id, { version, state: 'DESTROYED', witness, reason, evidence });
    return endDebt(context, tree);
  },
});
