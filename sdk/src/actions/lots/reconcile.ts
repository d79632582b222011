import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptReconcileParameters = CommandParams<'warehouse-receipt', 'reconcile'>;

/** Count and books are compared by the lot's loss standard: arithmetic, so anyone of them may. */
export const reconcile = action('warehouse-receipt', 'reconcile');
