import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findLot, findReceipt, isFrozen } from '../internal.js';
import { isOpen } from '../lifecycle.js';
import { saveLot, saveReceipt } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A legal order stops everything on a receipt or lot but reads, evidence, alerts, `unfreeze` (R11). */
export const freeze = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.freeze,
  verify: (context, params) => {
    const receipt = findReceipt(context, params.id);
    const object = receipt ?? findLot(context, params.id);
    if (object === undefined) return status('object_not_found');
    if (isFrozen(object, context.timeMs)) return status('object_is_frozen');
    const open = receipt === undefined || isOpen(receipt.state);
    return open ? OK : status('state_forbids_command');
  },
  execute: (context, { id, order, until }) => {
    const frozen = { by: context.sender, order, until };
    const receipt = findReceipt(context, id);
    const lot = findLot(context, id);
    if (receipt !== undefined) {
      const { version } = saveReceipt(context, { ...receipt, frozen });
      context.emit('receipt.frozen', id, { version, ...frozen });
    } else if (lot !== undefined) {
      const { version } = saveLot(context, { ...lot, frozen });
      context.emit('lot.frozen', id, { version, ...frozen });
    }
    return OK;
  },
});
