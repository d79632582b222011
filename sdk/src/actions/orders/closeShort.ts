import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type OrderCloseShortParameters = CommandParams<'purchase-order', 'close_short'>;

/** Opens the closing of an order before all is delivered. Signers: buyer, seller. */
export const closeShort = action('purchase-order', 'close_short');
