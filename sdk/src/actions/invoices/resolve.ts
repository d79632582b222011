import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type InvoiceResolveParameters = CommandParams<'purchase-order', 'resolve'>;

/** Opens the end of a dispute. Signers: either party, then the other. */
export const resolve = action('purchase-order', 'resolve');
