import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableCompleteFinanceParameters = CommandParams<'receivable', 'complete_finance'>;

/** Completes a financing with its proof of disbursement. Signer: the lender. */
export const completeFinance = action('receivable', 'complete_finance');
