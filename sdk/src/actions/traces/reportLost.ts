import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceReportLostParameters = CommandParams<'trace', 'report_lost'>;

/** The custodian says that goods are gone. */
export const reportLost = action('trace', 'report_lost');
