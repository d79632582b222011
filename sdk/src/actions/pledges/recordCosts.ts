import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeRecordCostsParameters = CommandParams<'pledge-facility', 'record_costs'>;

/** Opens the adding of costs to the debt. Signers: lender, pledgor. */
export const recordCosts = action('pledge-facility', 'record_costs');
