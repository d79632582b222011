import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceReleaseLocationParameters = CommandParams<'trace', 'release_location'>;

/** Gives a location number back. Signer: the party that holds it. */
export const releaseLocation = action('trace', 'release_location');
