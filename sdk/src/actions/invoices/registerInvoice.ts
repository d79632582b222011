import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type InvoiceRegisterInvoiceParameters = CommandParams<'purchase-order', 'register_invoice'>;

/** Registers an invoice once and for all. Signer: the seller. */
export const registerInvoice = action('purchase-order', 'register_invoice');
