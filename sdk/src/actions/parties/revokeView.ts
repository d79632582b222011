import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PartyRevokeViewParameters = CommandParams<'party-registry', 'revoke_view'>;

/** Takes back what was shown. Signer: who showed it. */
export const revokeView = action('party-registry', 'revoke_view');
