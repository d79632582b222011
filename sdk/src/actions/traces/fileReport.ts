import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceFileReportParameters = CommandParams<'trace', 'file_report'>;

/** Who refused goods says that it has reported so to the drug and health authorities (V 37). */
export const fileReport = action('trace', 'file_report');
