import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceDestroyParameters = CommandParams<'trace', 'destroy'>;

/** The custodian destroys goods before an independent witness, who signs after. */
export const destroy = action('trace', 'destroy');
