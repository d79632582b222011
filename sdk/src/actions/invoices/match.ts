import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type InvoiceMatchParameters = CommandParams<'purchase-order', 'match'>;

/** Holds an invoice against orders and deliveries (three-way match). Signer: anyone. */
export const match = action('purchase-order', 'match');
