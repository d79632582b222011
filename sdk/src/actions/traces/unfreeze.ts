import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceUnfreezeParameters = CommandParams<'trace', 'unfreeze'>;

/** The party whose order stopped goods lets them go on (R11). */
export const unfreeze = action('trace', 'unfreeze');
