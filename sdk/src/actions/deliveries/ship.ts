import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type DeliveryShipParameters = CommandParams<'purchase-order', 'ship'>;

/** Records goods that leave for an order. Signers: the seller, and the carrier named. */
export const ship = action('purchase-order', 'ship');
