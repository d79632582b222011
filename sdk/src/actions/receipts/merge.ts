import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptMergeParameters = CommandParams<'warehouse-receipt', 'merge'>;

/** The keeper replaces free receipts of one lot, grade and terms by one for their sum (E4). */
export const merge = action('warehouse-receipt', 'merge');
