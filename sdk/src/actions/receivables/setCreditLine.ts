import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableSetCreditLineParameters = CommandParams<'receivable', 'set_credit_line'>;

/** Grants a debtor a credit line, or changes it. Signer: LENDER. */
export const setCreditLine = action('receivable', 'set_credit_line');
