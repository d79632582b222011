import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findReceipt, isFrozen } from '../internal.js';
import { isOpen } from '../lifecycle.js';
import { loadReceipt, saveReceipt } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A legal order stops everything on a receipt but reads, evidence and `unfreeze` (R11). */
export const freeze = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.freeze,
  verify: (context, params) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    if (isFrozen(receipt, context.timeMs)) return status('object_is_frozen');
    return isOpen(receipt.state) ? OK : status('state_forbids_command');
  },
  execute: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    const { order, until } = params;
    const by = context.sender;
    const { version } = saveReceipt(context, { ...receipt, frozen: { by, order, until } });
    context.emit('receipt.frozen', receipt.id, { version, by, order, until });
    return OK;
  },
});
