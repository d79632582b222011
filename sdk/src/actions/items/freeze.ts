import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsFreezeParameters = CommandParams<'custody-items', 'freeze'>;

/** An order stops everything on an item but reads, counts and alerts (R11). */
export const freeze = action('custody-items', 'freeze');
