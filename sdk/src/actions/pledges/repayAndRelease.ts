import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeRepayAndReleaseParameters = CommandParams<'pledge-facility', 'repay_and_release'>;

/** Closes a facility that owes nothing. Signer: the lender. */
export const repayAndRelease = action('pledge-facility', 'repay_and_release');
