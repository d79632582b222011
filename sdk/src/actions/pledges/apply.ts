import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeApplyParameters = CommandParams<'pledge-facility', 'apply'>;

/** Applies for a facility. Signers: pledgor, lender. */
export const apply = action('pledge-facility', 'apply');
