import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type OrderFinanceOrderParameters = CommandParams<'purchase-order', 'finance_order'>;

/** Opens order finance on quantities not delivered yet. Signers: LENDER, seller. */
export const financeOrder = action('purchase-order', 'finance_order');
