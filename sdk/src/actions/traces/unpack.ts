import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceUnpackParameters = CommandParams<'trace', 'unpack'>;

/** The custodian takes units out of a larger one: each is a top and stands as its tree did. */
export const unpack = action('trace', 'unpack');
