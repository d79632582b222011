import { defined, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { orders } from '../keys.js';
import { orderToChange } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The lender has been paid, or gives its order finance up: the goods are free again. */
export const endOrderFinance = command({
  who: ['LENDER'],
  params: commandSchemas.end_order_finance,
  verify: (context, { id, expectedVersion }) => {
    const order = context.get(orders, id);
    if (order === undefined) return status('object_not_found');
    if (order.finance === undefined) return status('order_is_not_financed');
    if (order.finance.lender !== context.sender) return status('signer_not_party_to_object');
    return versionIs(order, expectedVersion) ? OK : status('object_version_is_stale');
  },
  execute: (context, { id }) => {
    const { finance, ...order } = orderToChange(context, id);
    const { id: by } = defined(finance, 'end_order_finance: the guards asked for it');
    const version = order.version + 1;
    context.put(orders, [id], { ...order, version });
    context.emit('order.finance_ended', id, { version, lender: context.sender });
    return context.call('lien', 'release_goods', { by });
  },
});
