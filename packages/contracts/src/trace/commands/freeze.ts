import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isFrozenAt } from '../../frozen.js';
import { findFreezable, saveFreezable } from '../freezable.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** An order stops everything on a tree or a whole lot but reads, evidence and recall (R11). */
export const freeze = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.freeze,
  verify: (context, { id }) => {
    const found = findFreezable(context, id);
    if ('number' in found) return found;
    return isFrozenAt(found, context.timeMs) ? status('object_is_frozen') : OK;
  },
  execute: (context, { id, order, until }) => {
    const by = context.sender;
    const frozen = { by, order, ...(until === undefined ? {} : { until }) };
    const version = saveFreezable(context, id, frozen);
    context.emit('goods.frozen', id, { version, ...frozen });
    return OK;
  },
});
