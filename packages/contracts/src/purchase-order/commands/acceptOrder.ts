import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { circleSign, raiseRecordAlert } from '../../monitoring/internal.js';
import { versionIs } from '../../params.js';
import { circularTrade, noteSales } from '../circularTrade.js';
import { orders } from '../keys.js';
import { orderToChange } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The seller accepts: the contract of sale is concluded. */
export const acceptOrder = command({
  who: 'anyone',
  params: commandSchemas.accept_order,
  verify: (context, { id, expectedVersion }) => {
    const order = context.get(orders, id);
    if (order === undefined) return status('object_not_found');
    if (order.seller !== context.sender) return status('signer_not_party_to_object');
    if (!versionIs(order, expectedVersion)) return status('object_version_is_stale');
    return order.state === 'ISSUED' ? OK : status('state_forbids_command');
  },
  execute: (context, { id }) => {
    const order = orderToChange(context, id);
    const version = order.version + 1;
    const circle = circularTrade(context, order);
    const flags = circle === undefined ? order.flags : [...order.flags, circle];
    context.put(orders, [id], { ...order, state: 'ACCEPTED', flags, version });
    noteSales(context, order);
    context.emit('order.accepted', id, { version, state: 'ACCEPTED', flags });
    if (circle === undefined) return OK;
    context.emit('order.trade_circle', id, { version, flag: circle });
    return raiseRecordAlert(context, circleSign(circle, { asset: id, owner: order.buyer }));
  },
});
