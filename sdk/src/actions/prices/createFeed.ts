import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PriceCreateFeedParameters = CommandParams<'price-feed', 'create_feed'>;

/** Opens a price feed of m of n oracles. Signer: GOVERNOR. */
export const createFeed = action('price-feed', 'create_feed');
