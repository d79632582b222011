import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceRegisterLocationParameters = CommandParams<'trace', 'register_location'>;

/** Claims a location number. Signer: the party whose it is. */
export const registerLocation = action('trace', 'register_location');
