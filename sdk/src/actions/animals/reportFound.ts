import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockReportFoundParameters = CommandParams<'livestock', 'report_found'>;

/** A missing animal is back: the vet signs that its biometric hash is that animal's. */
export const reportFound = action('livestock', 'report_found');
