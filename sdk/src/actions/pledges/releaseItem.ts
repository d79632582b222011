import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PledgeReleaseItemParameters = CommandParams<'pledge-facility', 'release_item'>;

/** Releases goods that the debt no longer needs. Signer: the lender. */
export const releaseItem = action('pledge-facility', 'release_item');
