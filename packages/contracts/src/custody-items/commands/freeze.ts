import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isFrozenAt } from '../../frozen.js';
import { findItem } from '../internal.js';
import { itemToChange, saveItem } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** An order stops everything on an item but reads, counts and alerts (R11). */
export const freeze = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.freeze,
  verify: (context, { id }) => {
    const item = findItem(context, id);
    if (item === undefined) return status('object_not_found');
    if (isFrozenAt(item, context.timeMs)) return status('object_is_frozen');
    return item.state === 'RELEASED' ? status('state_forbids_command') : OK;
  },
  execute: (context, { id, order, until }) => {
    const item = itemToChange(context, id);
    const frozen = { by: context.sender, order, ...(until === undefined ? {} : { until }) };
    const { version } = saveItem(context, item, { ...item, frozen });
    context.emit('item.frozen', id, { version, ...frozen });
    return OK;
  },
});
