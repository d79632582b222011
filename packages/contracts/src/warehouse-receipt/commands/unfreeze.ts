import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findReceipt, isFrozen } from '../internal.js';
import { loadReceipt, saveReceipt } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A later order of a COURT or REGULATOR ends a freeze before its time. */
export const unfreeze = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.unfreeze,
  verify: (context, params) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    return isFrozen(receipt, context.timeMs) ? OK : status('object_is_not_frozen');
  },
  execute: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    const { order } = params;
    const { version } = saveReceipt(context, { ...receipt, frozen: undefined });
    context.emit('receipt.unfrozen', receipt.id, { version, by: context.sender, order });
    return OK;
  },
});
