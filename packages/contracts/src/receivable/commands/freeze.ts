import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findClaim, isFrozen } from '../internal.js';
import { isUnconsumed } from '../lifecycle.js';
import { loadClaim, saveClaim } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A legal order stops everything on a claim but reads, evidence and `unfreeze` (R11). */
export const freeze = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.freeze,
  verify: (context, { id }) => {
    const claim = findClaim(context, id);
    if (claim === undefined) return status('object_not_found');
    if (isFrozen(claim, context.timeMs)) return status('object_is_frozen');
    return isUnconsumed(claim.state) ? OK : status('state_forbids_command');
  },
  execute: (context, { id, order, until }) => {
    const frozen = { by: context.sender, order, until };
    saveClaim(context, { ...loadClaim(context, id), frozen }, 'claim.frozen', frozen);
    return OK;
  },
});
