import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceFreezeParameters = CommandParams<'trace', 'freeze'>;

/** An order stops everything on a tree or a whole lot but reads, evidence and recall (R11). */
export const freeze = action('trace', 'freeze');
