import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type DeliveryAcceptDeliveryParameters = CommandParams<'purchase-order', 'accept_delivery'>;

/** Says what of a delivery is accepted, rejected and lost. Signer: the buyer. */
export const acceptDelivery = action('purchase-order', 'accept_delivery');
