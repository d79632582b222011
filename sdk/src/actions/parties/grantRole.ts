import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PartyGrantRoleParameters = CommandParams<'party-registry', 'grant_role'>;

/** Gives a party a role. Signer: GOVERNOR. */
export const grantRole = action('party-registry', 'grant_role');
