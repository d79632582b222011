import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsReleaseFinalParameters = CommandParams<'custody-items', 'release_final'>;

/** An item goes back to its owner for good, once it secures nothing any more. */
export const releaseFinal = action('custody-items', 'release_final');
