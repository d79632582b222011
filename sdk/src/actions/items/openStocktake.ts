import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsOpenStocktakeParameters = CommandParams<'custody-items', 'open_stocktake'>;

/** The keeper opens a count over a snapshot of the book; until it is signed nothing moves. */
export const openStocktake = action('custody-items', 'open_stocktake');
