import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptRequestSampleParameters = CommandParams<'warehouse-receipt', 'request_sample'>;

/** The holder asks for a sample of the goods; the keeper must answer (911). */
export const requestSample = action('warehouse-receipt', 'request_sample');
