import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type InvoiceConfirmInvoiceParameters = CommandParams<'purchase-order', 'confirm_invoice'>;

/** Confirms a matched invoice. Signer: the buyer. */
export const confirmInvoice = action('purchase-order', 'confirm_invoice');
