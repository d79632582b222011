import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockMortgageParameters = CommandParams<'livestock', 'mortgage'>;

/**
 * The farm mortgages animals in its pens to a lender and keeps them (动产抵押, 394): a lien on each,
 * good against bona fide third parties once it is registered (403).
 */
export const mortgage = action('livestock', 'mortgage');
