import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceAssociateParameters = CommandParams<'trace', 'associate'>;

/** The custodian joins a tree for long to a device or to a box that is itself a unit. */
export const associate = action('trace', 'associate');
