import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptFlagRequestParameters = CommandParams<'warehouse-receipt', 'flag_request'>;

/** The keeper has not answered in time: anyone may have it noted (911, R5). */
export const flagRequest = action('warehouse-receipt', 'flag_request');
