import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsReturnInParameters = CommandParams<'custody-items', 'return_in'>;

/** An item that was out comes back into its slot, with the same three signatures. */
export const returnIn = action('custody-items', 'return_in');
