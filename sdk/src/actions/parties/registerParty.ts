import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PartyRegisterPartyParameters = CommandParams<'party-registry', 'register_party'>;

/** Registers a party with its first key. Signer: GOVERNOR. */
export const registerParty = action('party-registry', 'register_party');
