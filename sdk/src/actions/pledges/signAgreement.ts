import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeSignAgreementParameters = CommandParams<'pledge-facility', 'sign_agreement'>;

/** Opens the agreement. Signers: lender, pledgor, supervisor. */
export const signAgreement = action('pledge-facility', 'sign_agreement');
