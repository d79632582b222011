import { inTransit } from '../amounts.js';
import { endOrder } from '../endOrder.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** Buyer and seller let the order end with what was delivered; nothing is on its way. */
export const closeShort = endOrder({
  params: commandSchemas.close_short,
  from: ['ACCEPTED'],
  to: 'CLOSED_SHORT',
  event: 'order.closed_short',
  guard: (order) =>
    order.lines.some((line) => inTransit(line) > 0n) ? status('delivery_in_transit') : undefined,
});
