import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptAnswerRequestParameters = CommandParams<'warehouse-receipt', 'answer_request'>;

/** The keeper let the holder inspect or sample, and keeps the paper that shows it (911). */
export const answerRequest = action('warehouse-receipt', 'answer_request');
