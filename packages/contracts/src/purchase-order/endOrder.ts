import { OK, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { type CountersignedCommand, countersigned } from '../pending.js';
import { orders } from './keys.js';
import { orderToChange } from './records.js';
import type { Order } from './schema.js';
import { status } from './statusCodes.js';

interface Ending {
  readonly params: z.ZodType<{ id: string; expectedVersion: number }>;
  readonly from: readonly Order['state'][];
  readonly to: Order['state'];
  readonly event: string;
  readonly guard: (order: Order) => Status | undefined;
}

/** A command that ends an order early: the buyer opens it, the seller signs after. */
export function endOrder(ending: Ending): CountersignedCommand<never> {
  return countersigned({
    who: 'anyone',
    params: ending.params,
    object: ({ id }) => id,
    signers: (context, { id }) => [orderToChange(context, id).seller],
    verify: (context, { id, expectedVersion }, phase) => {
      const order = context.get(orders, id);
      if (order === undefined) return status('object_not_found');
      const signer = phase === 'open' ? order.buyer : order.seller;
      if (signer !== context.sender) return status('signer_not_party_to_object');
      if (order.version !== expectedVersion) return status('object_version_is_stale');
      if (!ending.from.includes(order.state)) return status('state_forbids_command');
      const problem = ending.guard(order);
      if (problem !== undefined) return problem;
      return order.finance === undefined ? OK : status('order_is_financed');
    },
    execute: (context, { id }) => {
      const order = orderToChange(context, id);
      const version = order.version + 1;
      context.put(orders, [id], { ...order, state: ending.to, version });
      context.emit(ending.event, id, { version, state: ending.to });
      return OK;
    },
  });
}
