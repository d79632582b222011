import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findClaim, isFrozen } from '../internal.js';
import { loadClaim, saveClaim } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A later order of a COURT or REGULATOR ends a freeze before its time. */
export const unfreeze = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.unfreeze,
  verify: (context, { id }) => {
    const claim = findClaim(context, id);
    if (claim === undefined) return status('object_not_found');
    return isFrozen(claim, context.timeMs) ? OK : status('object_is_not_frozen');
  },
  execute: (context, { id, order }) => {
    const freed = { ...loadClaim(context, id), frozen: undefined };
    saveClaim(context, freed, 'claim.unfrozen', { by: context.sender, order });
    return OK;
  },
});
