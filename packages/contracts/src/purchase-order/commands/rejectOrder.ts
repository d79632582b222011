import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { orders } from '../keys.js';
import { orderToChange } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The seller declines. */
export const rejectOrder = command({
  who: 'anyone',
  params: commandSchemas.reject_order,
  verify: (context, { id, expectedVersion }) => {
    const order = context.get(orders, id);
    if (order === undefined) return status('object_not_found');
    if (order.seller !== context.sender) return status('signer_not_party_to_object');
    if (!versionIs(order, expectedVersion)) return status('object_version_is_stale');
    return order.state === 'ISSUED' ? OK : status('state_forbids_command');
  },
  execute: (context, { id, reason }) => {
    const order = orderToChange(context, id);
    const version = order.version + 1;
    context.put(orders, [id], { ...order, state: 'REJECTED', version });
    context.emit('order.rejected', id, { version, state: 'REJECTED', reason });
    return OK;
  },
});
