import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceHandOverParameters = CommandParams<'trace', 'hand_over'>;

/** Opens a handover of a lot. Signers: giver, receiver. */
export const handOver = action('trace', 'hand_over');
