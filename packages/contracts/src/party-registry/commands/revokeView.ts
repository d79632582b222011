import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { views } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { viewId } from './grantView.js';

/** Who showed an object takes that back; what was read before stays known. */
export const revokeView = command({
  who: 'verified',
  params: commandSchemas.revoke_view,
  verify: (context, { object, reader }) => {
    const view = context.get(views, viewId(context, object, reader));
    return view === undefined ? status('view_not_granted') : OK;
  },
  execute: (context, { object, reader }) => {
    const id = viewId(context, object, reader);
    context.remove(views, id);
    context.emit('view.revoked', id, { object, reader, by: context.sender });
    return OK;
  },
});
