import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableConfirmParameters = CommandParams<'receivable', 'confirm'>;

/** Confirms a claim (确权). Signer: the debtor. */
export const confirm = action('receivable', 'confirm');
