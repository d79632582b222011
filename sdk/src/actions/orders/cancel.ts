import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type OrderCancelParameters = CommandParams<'purchase-order', 'cancel'>;

/** Opens the cancelling of an order of which nothing was delivered. Signers: buyer, seller. */
export const cancel = action('purchase-order', 'cancel');
