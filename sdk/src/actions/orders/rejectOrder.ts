import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type OrderRejectOrderParameters = CommandParams<'purchase-order', 'reject_order'>;

/** Declines an order. Signer: the seller. */
export const rejectOrder = action('purchase-order', 'reject_order');
