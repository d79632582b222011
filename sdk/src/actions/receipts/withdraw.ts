import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptWithdrawParameters = CommandParams<'warehouse-receipt', 'withdraw'>;

/** Opens a withdrawal of goods. Signers: holder, lender if pledged, warehouse. */
export const withdraw = action('warehouse-receipt', 'withdraw');
