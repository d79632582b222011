import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableTransferParameters = CommandParams<'receivable', 'transfer'>;

/** Opens the transfer of a claim for a trade. Signers: holder, lender if encumbered, receiver. */
export const transfer = action('receivable', 'transfer');
