import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockReportDeathParameters = CommandParams<'livestock', 'report_death'>;

/**
 * The farm reports a death with the animal's tag, photo and inspection; its insurer signs after,
 * or a vet where nobody insures it. A mortgage stays: it now covers the insurance money (390).
 */
export const reportDeath = action('livestock', 'report_death');
