import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findLot } from '../../warehouse-receipt/internal.js';
import { findEvent } from '../internal.js';
import { isLinked, linkToLot, mayLink } from '../lotLink.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The lot's keeper, owner or custodian, or who submitted the event, adds it to a lot's story. */
export const linkEventToLot = command({
  who: 'anyone',
  params: commandSchemas.link_event_to_lot,
  verify: (context, { event, lot }) => {
    const found = findEvent(context, event);
    if (found === undefined) return status('object_not_found');
    if (findLot(context, lot) === undefined) return status('reference_not_found');
    const standing = found.submitter === context.sender ? found.standing : 'declared';
    if (!mayLink(context, lot, standing)) return status('signer_not_party_to_object');
    return isLinked(context, lot, event) ? status('event_already_linked') : OK;
  },
  execute: (context, { event, lot }) => {
    linkToLot(context, lot, event);
    return OK;
  },
});
