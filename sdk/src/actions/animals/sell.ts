import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockSellParameters = CommandParams<'livestock', 'sell'>;

/**
 * The farm sells an animal. A buyer in the ordinary course takes it free of a registered mortgage
 * (404): within the day's agreed number its lien ends with the sale.
 */
export const sell = action('livestock', 'sell');
