import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableExerciseRecourseParameters = CommandParams<'receivable', 'exercise_recourse'>;

/** Asks the assignor for advance, interest and costs (766). Signer: the lender. */
export const exerciseRecourse = action('receivable', 'exercise_recourse');
