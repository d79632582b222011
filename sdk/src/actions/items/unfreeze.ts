import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsUnfreezeParameters = CommandParams<'custody-items', 'unfreeze'>;

/** The party whose order stopped an item lets it go on (R11). */
export const unfreeze = action('custody-items', 'unfreeze');
