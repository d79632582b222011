import { limits, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findClaim } from '../internal.js';
import { loadClaim, saveClaim } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * A COURT or REGULATOR found that a holder knew the claim to be fictitious: against that one the
 * debtor is not bound by its confirmation (763; Interp. 61(1), CI 49).
 */
export const recordKnowledge = command({
  who: ['COURT', 'REGULATOR'],
  params: commandSchemas.record_knowledge,
  verify: (context, { id, party }) => {
    const claim = findClaim(context, id);
    if (claim === undefined) return status('object_not_found');
    if (claim.knowing.includes(party)) return status('knowledge_already_recorded');
    return claim.knowing.length < limits.claimTiersMax ? OK : status('bound_exceeded');
  },
  execute: (context, { id, party, order }) => {
    const claim = loadClaim(context, id);
    const knowing = [...claim.knowing, party];
    saveClaim(context, { ...claim, knowing }, 'claim.knowledge_recorded', { party, order });
    return OK;
  },
});
