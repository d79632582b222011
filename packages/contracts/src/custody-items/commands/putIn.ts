import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { countersigned } from '../../pending.js';
import { itemSignatureProblem, moveProblem } from '../dualControl.js';
import { findItem } from '../internal.js';
import { slots } from '../keys.js';
import { holdItem, itemToChange, moveItem } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** An announced item goes into a slot of its own (K1): keeper, second keeper, approver. */
export const putIn = countersigned({
  who: ['KEEPER'],
  params: commandSchemas.put_in,
  object: ({ id }) => id,
  signers: (_context, { second, approver }) => [second, approver],
  signature: itemSignatureProblem,
  verify: (context, params, phase) =>
    moveProblem(context, params, { states: ['PENDING_IN'], phase }) ??
    slotProblem(context, params) ??
    OK,
  hold: holdItem('put_in'),
  execute: (context, { id, slot, second, approver }, opener) => {
    const item = itemToChange(context, id);
    context.put(slots, [item.vault, slot], { item: id });
    const keepers = [opener, second];
    const inside = { ...item, slot, state: 'IN_VAULT' as const };
    moveItem(context, inside, { kind: 'put_in', keepers, approver, slot });
    return OK;
  },
});

function slotProblem(
  context: ReadContext,
  { id, slot }: { readonly id: string; readonly slot: string },
): Status | undefined {
  const vault = findItem(context, id)?.vault ?? id;
  return context.get(slots, vault, slot) === undefined ? undefined : status('slot_is_taken');
}
