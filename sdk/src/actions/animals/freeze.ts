import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockFreezeParameters = CommandParams<'livestock', 'freeze'>;

/** An order stops everything on an animal but reads, counts and alerts (R11). */
export const freeze = action('livestock', 'freeze');
