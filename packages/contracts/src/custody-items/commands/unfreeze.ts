import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isFrozenAt } from '../../frozen.js';
import { findItem } from '../internal.js';
import { itemToChange, saveItem } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The party whose order stopped an item lets it go on (R11). */
export const unfreeze = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.unfreeze,
  verify: (context, { id }) => {
    const item = findItem(context, id);
    if (item === undefined) return status('object_not_found');
    if (!isFrozenAt(item, context.timeMs)) return status('state_forbids_command');
    return item.frozen?.by === context.sender ? OK : status('signer_not_party_to_object');
  },
  execute: (context, { id, order }) => {
    const before = itemToChange(context, id);
    const { frozen: _, ...item } = before;
    const { version } = saveItem(context, before, item);
    context.emit('item.unfrozen', id, { version, by: context.sender, order });
    return OK;
  },
});
