import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeStateClaimParameters = CommandParams<'pledge-facility', 'state_claim'>;

/** States what is owed under another lien on the goods. Signer: its holder. */
export const stateClaim = action('pledge-facility', 'state_claim');
