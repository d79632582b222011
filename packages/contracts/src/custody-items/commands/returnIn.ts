import { OK } from '@triflow/protocol';
import { clearRecordAlert } from '../../monitoring/internal.js';
import { countersigned } from '../../pending.js';
import { itemSignatureProblem, moveProblem } from '../dualControl.js';
import { holdItem, itemToChange, moveItem } from '../records.js';
import { commandSchemas } from '../schema.js';

/** An item that was out comes back into its slot, with the same three signatures. */
export const returnIn = countersigned({
  who: ['KEEPER'],
  params: commandSchemas.return_in,
  object: ({ id }) => id,
  signers: (_context, { second, approver }) => [second, approver],
  signature: itemSignatureProblem,
  verify: (context, params, phase) =>
    moveProblem(context, params, { states: ['CHECKED_OUT'], phase }) ?? OK,
  hold: holdItem('return_in'),
  execute: (context, { id, second, approver }, opener) => {
    const { checkedOut: _, ...item } = itemToChange(context, id);
    const keepers = [opener, second];
    const slot = item.slot === undefined ? {} : { slot: item.slot };
    const inside = { ...item, state: 'IN_VAULT' as const };
    moveItem(context, inside, { kind: 'return_in', keepers, approver, ...slot });
    return clearRecordAlert(context, 'DOC_EXPIRY', id);
  },
});
