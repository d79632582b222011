import { defined, type ReadContext } from '@triflow/protocol';
import { deliveries, invoices, orders } from './keys.js';
import type { Delivery, Invoice, Order } from './schema.js';

/** The order that the guards have just found. */
export function orderToChange(context: ReadContext, id: string): Order {
  return defined(context.get(orders, id), `purchase-order: ${id} was found by its guards`);
}

/** The delivery that the guards have just found. */
export function deliveryToChange(context: ReadContext, id: string): Delivery {
  return defined(context.get(deliveries, id), `purchase-order: ${id} was found by its guards`);
}

/** The invoice that the guards have just found. */
export function invoiceToChange(context: ReadContext, id: string): Invoice {
  return defined(context.get(invoices, id), `purchase-order: ${id} was found by its guards`);
}
