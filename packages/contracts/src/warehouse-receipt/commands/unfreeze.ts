import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findLot, findReceipt, isFrozen } from '../internal.js';
import { saveLot, saveReceipt } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The party whose order stopped goods lets them go on before the order's time is over (R11). */
export const unfreeze = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.unfreeze,
  verify: (context, params) => {
    const object = findReceipt(context, params.id) ?? findLot(context, params.id);
    if (object === undefined) return status('object_not_found');
    if (!isFrozen(object, context.timeMs)) return status('object_is_not_frozen');
    return object.frozen?.by === context.sender ? OK : status('signer_not_party_to_object');
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
