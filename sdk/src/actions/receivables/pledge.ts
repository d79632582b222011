import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivablePledgeParameters = CommandParams<'receivable', 'pledge'>;

/** Opens the pledge of a claim. Signers: holder, LENDER. */
export const pledge = action('receivable', 'pledge');
