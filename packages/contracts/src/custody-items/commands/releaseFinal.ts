import { OK } from '@triflow/protocol';
import { countersigned } from '../../pending.js';
import { isSecurity } from '../businessObject.js';
import { itemSignatureProblem, moveProblem } from '../dualControl.js';
import { slots } from '../keys.js';
import { holdItem, itemToChange, moveItem } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** An item goes back to its owner for good, once it secures nothing any more. */
export const releaseFinal = countersigned({
  who: ['KEEPER'],
  params: commandSchemas.release_final,
  object: ({ id }) => id,
  signers: (_context, { second, approver }) => [second, approver],
  signature: itemSignatureProblem,
  verify: (context, params, phase) => {
    const problem = moveProblem(context, params, { states: ['IN_VAULT', 'DAMAGED'], phase });
    if (problem !== undefined) return problem;
    const item = itemToChange(context, params.id);
    return isSecurity(context, item) ? status('lien_not_released') : OK;
  },
  hold: holdItem('release_final'),
  execute: (context, { id, second, approver }, opener) => {
    const { slot, ...item } = itemToChange(context, id);
    if (slot !== undefined) context.remove(slots, item.vault, slot);
    const keepers = [opener, second];
    const gone = { ...item, state: 'RELEASED' as const };
    moveItem(context, gone, { kind: 'release_final', keepers, approver, to: item.owner });
    return OK;
  },
});
