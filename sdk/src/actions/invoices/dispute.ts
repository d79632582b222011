import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type InvoiceDisputeParameters = CommandParams<'purchase-order', 'dispute'>;

/** Disputes a part of an invoice. Signer: the buyer. */
export const dispute = action('purchase-order', 'dispute');
