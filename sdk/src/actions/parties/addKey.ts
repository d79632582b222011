import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PartyAddKeyParameters = CommandParams<'party-registry', 'add_key'>;

/** Adds a key to a party. Signer: the party or GOVERNOR. */
export const addKey = action('party-registry', 'add_key');
