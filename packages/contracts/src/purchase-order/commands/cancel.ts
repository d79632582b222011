import { underway } from '../amounts.js';
import { endOrder } from '../endOrder.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** Buyer and seller call the whole order off, before anything was delivered. */
export const cancel = endOrder({
  params: commandSchemas.cancel,
  from: ['ISSUED', 'ACCEPTED'],
  to: 'CANCELLED',
  event: 'order.cancelled',
  guard: (order) =>
    order.lines.some((line) => underway(line) > 0n) ? status('already_delivered') : undefined,
});
