import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceTransformParameters = CommandParams<'trace', 'transform'>;

/** The maker of all lots makes lots out of others: inputs are used up, outputs come into being. */
export const transform = action('trace', 'transform');
