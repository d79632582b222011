import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsCountParameters = CommandParams<'custody-items', 'count'>;

/** What the keeper found, slot by slot, up to 256 a command; each item once. */
export const count = action('custody-items', 'count');
