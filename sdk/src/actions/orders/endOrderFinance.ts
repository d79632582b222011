import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type OrderEndOrderFinanceParameters = CommandParams<'purchase-order', 'end_order_finance'>;

/** Ends order finance. Signer: its lender. */
export const endOrderFinance = action('purchase-order', 'end_order_finance');
