import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockUnfreezeParameters = CommandParams<'livestock', 'unfreeze'>;

/** The party whose order stopped an animal lets it go on (R11). */
export const unfreeze = action('livestock', 'unfreeze');
