import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findLot, findReceipt, isFrozen } from '../internal.js';
import { saveLot, saveReceipt } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A later order of a COURT or REGULATOR ends a freeze before its time. */
export const unfreeze = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.unfreeze,
  verify: (context, params) => {
    const object = findReceipt(context, params.id) ?? findLot(context, params.id);
    if (object === undefined) return status('object_not_found');
    return isFrozen(object, context.timeMs) ? OK : status('object_is_not_frozen');
  },
  execute: (context, { id, order }) => {
    const by = context.sender;
    const receipt = findReceipt(context, id);
    const lot = findLot(context, id);
    if (receipt !== undefined) {
      const { version } = saveReceipt(context, { ...receipt, frozen: undefined });
      context.emit('receipt.unfrozen', id, { version, by, order });
    } else if (lot !== undefined) {
      const { version } = saveLot(context, { ...lot, frozen: undefined });
      context.emit('lot.unfrozen', id, { version, by, order });
    }
    return OK;
  },
});
