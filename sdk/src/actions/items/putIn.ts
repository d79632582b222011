import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsPutInParameters = CommandParams<'custody-items', 'put_in'>;

/** An announced item goes into a slot of its own (K1): keeper, second keeper, approver. */
export const putIn = action('custody-items', 'put_in');
