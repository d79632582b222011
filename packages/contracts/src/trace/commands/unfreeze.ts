import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isFrozenAt } from '../../frozen.js';
import { findFreezable, saveFreezable } from '../freezable.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The party whose order stopped goods lets them go on (R11). */
export const unfreeze = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.unfreeze,
  verify: (context, { id }) => {
    const found = findFreezable(context, id);
    if ('number' in found) return found;
    if (!isFrozenAt(found, context.timeMs)) return status('state_forbids_command');
    return found.frozen?.by === context.sender ? OK : status('signer_not_party_to_object');
  },
  execute: (context, { id, order }) => {
    const version = saveFreezable(context, id);
    context.emit('goods.unfrozen', id, { version, by: context.sender, order });
    return OK;
  },
});
