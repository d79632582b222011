import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptSignStocktakeParameters = CommandParams<'warehouse-receipt', 'sign_stocktake'>;

/**
 * Counter and opener sign: on hand is what was counted, and what has moved since. The keeper's
 * word is not needed, or one that lost goods would never be short.
 */
export const signStocktake = action('warehouse-receipt', 'sign_stocktake');
