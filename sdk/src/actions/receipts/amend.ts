import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptAmendParameters = CommandParams<'warehouse-receipt', 'amend'>;

/**
 * A receipt is never rewritten: it is surrendered and one with other terms issued for the same
 * goods, which names the old one. Holder, lender if pledged, and keeper sign (R10).
 */
export const amend = action('warehouse-receipt', 'amend');
