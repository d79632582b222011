import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockReportMissingParameters = CommandParams<'livestock', 'report_missing'>;

/** The farm says that an animal is not in its pen; its tag stays bound, its mortgage stays. */
export const reportMissing = action('livestock', 'report_missing');
