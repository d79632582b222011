import type { PartyId, ReadContext, Status } from '@triflow/protocol';
import { hasRole, isActive } from '../party-registry/internal.js';
import { isStatus } from '../status.js';
import { findEvent } from './internal.js';
import type { HandOverWays } from './lotHandOver.js';
import { status } from './statusCodes.js';
import {
  custodianProblem,
  findTree,
  isHeld,
  moveTree,
  saveTop,
  type Tree,
  treeToChange,
  withoutPending,
} from './unitRecords.js';

/** A tree of units, by its top. */
export const unitHandOver: HandOverWays = {
  problem: (context, { id, receiver, expectedVersion, events = [] }, phase) => {
    const tree = findTree(context, id);
    if (isStatus(tree)) return tree;
    if (phase === 'open') {
      const problem = custodianProblem(context, tree, expectedVersion);
      if (problem !== undefined) return problem;
    }
    if (!isHeld(tree.standing.state)) return status('state_forbids_command');
    const refusal = receiverProblem(context, tree, receiver);
    if (refusal !== undefined) return refusal;
    const known = events.every((key) => findEvent(context, key) !== undefined);
    return known ? undefined : status('reference_not_found');
  },
  hold: (context, { id, receiver }, pendingId) => {
    const { unit, standing } = treeToChange(context, id);
    const pending = { kind: 'hand_over' as const, pendingId, other: receiver };
    saveTop(context, unit, { ...standing, pending });
  },
  restore: (context, id) => {
    const { unit, standing } = treeToChange(context, id);
    saveTop(context, unit, withoutPending(standing));
  },
  change: (context, { id, receiver, events = [] }) => {
    const tree = treeToChange(context, id);
    const giver = tree.standing.custodian;
    const next = { ...tree.standing, custodian: receiver, since: context.timeMs };
    const note = { kind: 'hand_over' as const, giver, receiver, events };
    const { version } = moveTree(context, tree, next, note);
    context.emit('custody.changed', id, { version, giver, custodian: receiver, events });
  },
};

/**
 * Vaccine changes its owner by shipment alone, whose guards no hand-over may go round: it is
 * handed to a carrier, and by a carrier back to whom it has it for (V 36, 37).
 */
function receiverProblem(
  context: ReadContext,
  { standing, lot }: Tree,
  receiver: PartyId,
): Status | undefined {
  if (receiver === standing.custodian) return status('parties_must_differ');
  if (!isActive(context, receiver)) return status('party_not_active');
  if (lot.kind !== 'vaccine' || receiver === standing.principal) return undefined;
  const carries = hasRole(context, receiver, 'CARRIER');
  return carries ? undefined : status('vaccine_moves_by_shipment');
}
