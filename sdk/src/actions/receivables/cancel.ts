import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableCancelParameters = CommandParams<'receivable', 'cancel'>;

/** Opens the end of a claim that is wholly with its creditor. Signers: holder, debtor. */
export const cancel = action('receivable', 'cancel');
