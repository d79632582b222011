import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findAnimal, findPen } from '../internal.js';
import { pens } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A farm opens a pen, to which cameras and readers are bound and of which heads are counted. */
export const openPen = command({
  who: ['FARM'],
  params: commandSchemas.open_pen,
  verify: (context, { id, toleranceBps }) => {
    const taken = findPen(context, id) !== undefined || findAnimal(context, id) !== undefined;
    if (taken) return status('id_already_exists');
    return toleranceBps <= 10_000 ? OK : status('amount_out_of_range');
  },
  execute: (context, { id, name, toleranceBps }) => {
    const farm = context.sender;
    const fresh = { heads: 0, haircutBps: 0, version: 1 };
    context.put(pens, [id], { id, farm, name, toleranceBps, ...fresh });
    context.emit('pen.opened', id, { version: 1, farm, name, toleranceBps });
    return OK;
  },
});
