import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type OrderAmendParameters = CommandParams<'purchase-order', 'amend'>;

/** Opens a change of lines and payment term. Signers: either party, then the other. */
export const amend = action('purchase-order', 'amend');
