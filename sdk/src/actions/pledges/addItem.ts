import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeAddItemParameters = CommandParams<'pledge-facility', 'add_item'>;

/** Opens the adding of goods. Signers: pledgor, supervisor, lender. */
export const addItem = action('pledge-facility', 'add_item');
