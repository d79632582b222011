import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptSplitParameters = CommandParams<'warehouse-receipt', 'split'>;

/** Opens a division into parts. Signers: holder, lender if pledged, warehouse. */
export const split = action('warehouse-receipt', 'split');
