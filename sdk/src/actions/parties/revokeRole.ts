import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PartyRevokeRoleParameters = CommandParams<'party-registry', 'revoke_role'>;

/** Takes a role from a party. Signer: GOVERNOR. */
export const revokeRole = action('party-registry', 'revoke_role');
