import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type OrderAcceptOrderParameters = CommandParams<'purchase-order', 'accept_order'>;

/** Accepts an order. Signer: the seller. */
export const acceptOrder = action('purchase-order', 'accept_order');
