import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptOpenStocktakeParameters = CommandParams<'warehouse-receipt', 'open_stocktake'>;

/**
 * A count of a lot is opened over the books as they stand at this height. A supervisor or lender
 * may come at any time; the counter is not the keeper. One left unfinished makes room after the
 * time that signatures have.
 */
export const openStocktake = action('warehouse-receipt', 'open_stocktake');
