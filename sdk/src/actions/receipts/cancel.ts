import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptCancelParameters = CommandParams<'warehouse-receipt', 'cancel'>;

/** Opens the cancelling of a receipt. Signers: holder, warehouse. */
export const cancel = action('warehouse-receipt', 'cancel');
