import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeAttestControlParameters = CommandParams<'pledge-facility', 'attest_control'>;

/** Attests control over the goods: the pledge arises. Signer: the supervisor. */
export const attestControl = action('pledge-facility', 'attest_control');
