import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceRefuseParameters = CommandParams<'trace', 'refuse'>;

/** Refuses a handover and says why. Signer: the receiver. */
export const refuse = action('trace', 'refuse');
