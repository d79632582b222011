import { deliveries } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { acceptDelivery } from './acceptDelivery.js';
import { handOver } from './handOver.js';
import { ship } from './ship.js';

/** Deliveries of orders (contract purchase-order). */
export const deliveryActions = {
  get: getter(deliveries),
  list: lister(deliveries),
  waitFor: waiter(deliveries),
  ship,
  handOver,
  acceptDelivery,
  ...pendingActions('purchase-order'),
} as const;
