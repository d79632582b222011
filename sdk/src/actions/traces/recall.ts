import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceRecallParameters = CommandParams<'trace', 'recall'>;

/** The maker or a REGULATOR recalls a lot: one mark, from which every descendant follows (V 73). */
export const recall = action('trace', 'recall');
