import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableCompleteRecourseParameters = CommandParams<'receivable', 'complete_recourse'>;

/** Gives a claim back to an assignor that has paid. Signer: anyone. */
export const completeRecourse = action('receivable', 'complete_recourse');
