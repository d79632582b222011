import type { ReadContext, Status, WriteContext } from '@triflow/protocol';
import { pendingTable } from '../pending.js';
import { addStep, custodyOf, restoreCustody } from './custodyChange.js';
import { custodies, units } from './keys.js';
import { status } from './statusCodes.js';
import { moveTree, treeToChange, withoutPending } from './unitRecords.js';

const { pending } = pendingTable('trace');

/** Why the sender cannot refuse a hand-over. */
export function refusedHandOver(
  context: ReadContext,
  id: string,
  pendingId: string,
): Status | undefined {
  const waiting = id.startsWith('vu_') ? waitingUnit(context, id) : waitingLot(context, id);
  if (waiting === undefined) return status('object_not_found');
  if (waiting.pendingId !== pendingId) return status('pending_not_found');
  return waiting.receiver === context.sender ? undefined : status('signer_not_party_to_object');
}

/** The waiting command goes, the goods stay where they are, and the reason is kept. */
export function refuseHandOver(
  context: WriteContext,
  id: string,
  pendingId: string,
  reason: string,
): void {
  const receiver = context.sender;
  context.remove(pending, id, pendingId);
  const { giver, version } = id.startsWith('vu_')
    ? refuseUnit(context, id, reason)
    : refuseLot(context, id, reason);
  context.emit('custody.refused', id, { version, giver, receiver, reason, state: 'HELD' });
}

interface Waiting {
  readonly pendingId?: string | undefined;
  readonly receiver?: string | undefined;
}

function waitingLot(context: ReadContext, id: string): Waiting | undefined {
  return context.get(custodies, id);
}

function waitingUnit(context: ReadContext, id: string): Waiting | undefined {
  const unit = context.get(units, id);
  if (unit === undefined) return undefined;
  const waits = unit.top?.pending;
  if (waits?.kind !== 'hand_over') return {};
  return { pendingId: waits.pendingId, receiver: waits.other };
}

function refuseLot(context: WriteContext, id: string, reason: string) {
  const giver = custodyOf(context, id).custodian;
  const held = restoreCustody(context, id);
  const receiver = context.sender;
  addStep(context, held, { kind: 'refuse', giver, receiver, events: [], reason });
  return { giver, version: held.version };
}

function refuseUnit(context: WriteContext, id: string, reason: string) {
  const tree = treeToChange(context, id);
  const giver = tree.standing.custodian;
  const note = { kind: 'refuse' as const, giver, receiver: context.sender, reason };
  const { version } = moveTree(context, tree, withoutPending(tree.standing), note);
  return { giver, version };
}
