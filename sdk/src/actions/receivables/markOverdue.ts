import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableMarkOverdueParameters = CommandParams<'receivable', 'mark_overdue'>;

/** States that the debtor did not pay in time. Signer: holder or lender. */
export const markOverdue = action('receivable', 'mark_overdue');
