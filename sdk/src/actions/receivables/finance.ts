import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableFinanceParameters = CommandParams<'receivable', 'finance'>;

/** Opens the sale of a claim to a lender. Signers: LENDER, holder. */
export const finance = action('receivable', 'finance');
