import { OK, type PartyId, type ReadContext } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { hasRole, isActive } from '../internal.js';
import { views } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

const DOMAIN = 'triflow/view/1';

/**
 * A holder shows an object to a reader until a time; a COURT opens to itself what its order names
 * (domain section 6). Nodes let it count only while its giver may read the object by itself.
 */
export const grantView = command({
  who: 'verified',
  params: commandSchemas.grant_view,
  verify: (context, { reader, until, order }) => {
    if (!isActive(context, reader)) return status('reference_not_found');
    const byCourt = hasRole(context, context.sender, 'COURT');
    if (byCourt && order === undefined) return status('view_order_missing');
    if (!byCourt && reader === context.sender) return status('parties_must_differ');
    return until > context.timeMs ? OK : status('deadline_has_passed');
  },
  execute: (context, { object, reader, until, order }) => {
    const by = context.sender;
    const id = viewId(context, object, reader);
    const view = { id, object, reader, by, until, grantedAt: context.timeMs };
    context.put(views, [id], order === undefined ? view : { ...view, order });
    context.emit('view.granted', id, { object, reader, by, until, order });
    return OK;
  },
});

/** The key of what the sender shows a reader: given anew, it replaces the former. */
export function viewId(
  context: Pick<ReadContext, 'digest' | 'sender'>,
  object: string,
  reader: PartyId,
): string {
  return context.digest(DOMAIN, [object, reader, context.sender]);
}
