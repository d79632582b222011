import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PriceSubmitQuoteParameters = CommandParams<'price-feed', 'submit_quote'>;

/** Gives a quote for a round. Signer: an oracle of the feed. */
export const submitQuote = action('price-feed', 'submit_quote');
