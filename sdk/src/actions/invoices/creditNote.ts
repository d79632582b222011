import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type InvoiceCreditNoteParameters = CommandParams<'purchase-order', 'credit_note'>;

/** Credits a part of a confirmed invoice. Signer: the seller. */
export const creditNote = action('purchase-order', 'credit_note');
