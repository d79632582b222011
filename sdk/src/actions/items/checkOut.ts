import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsCheckOutParameters = CommandParams<'custody-items', 'check_out'>;

/** An item is lent until a day; its slot stays its own. */
export const checkOut = action('custody-items', 'check_out');
