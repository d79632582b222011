import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PartyGrantViewParameters = CommandParams<'party-registry', 'grant_view'>;

/**
 * Shows an object to a reader until a time. Signer: a party that may read it; a COURT with its
 * order.
 */
export const grantView = action('party-registry', 'grant_view');
