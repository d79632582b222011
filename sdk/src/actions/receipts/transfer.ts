import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptTransferParameters = CommandParams<'warehouse-receipt', 'transfer'>;

/** Opens an endorsement (Civil Code 910). Signers: holder, lender, new holder, warehouse. */
export const transfer = action('warehouse-receipt', 'transfer');
