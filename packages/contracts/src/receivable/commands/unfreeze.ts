import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findClaim, isFrozen } from '../internal.js';
import { loadClaim, saveClaim } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The party whose order stopped a claim lets it go on before the order's time is over (R11). */
export const unfreeze = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.unfreeze,
  verify: (context, { id }) => {
    const claim = findClaim(context, id);
    if (claim === undefined) return status('object_not_found');
    if (!isFrozen(claim, context.timeMs)) return status('object_is_not_frozen');
    return claim.frozen?.by === context.sender ? OK : status('signer_not_party_to_object');
  },
  execute: (context, { id, order }) => {
    const freed = { ...loadClaim(context, id), frozen: undefined };
    saveClaim(context, freed, 'claim.unfrozen', { by: context.sender, order });
    return OK;
  },
});
