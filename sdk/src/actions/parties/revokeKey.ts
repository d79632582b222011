import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PartyRevokeKeyParameters = CommandParams<'party-registry', 'revoke_key'>;

/** Ends a key. Signer: the party or GOVERNOR. */
export const revokeKey = action('party-registry', 'revoke_key');
