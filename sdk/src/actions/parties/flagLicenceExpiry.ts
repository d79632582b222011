import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PartyFlagLicenceExpiryParameters = CommandParams<
  'party-registry',
  'flag_licence_expiry'
>;

/** Says that a licence ended unrenewed: the alert DOC_EXPIRY. Signer: anyone. */
export const flagLicenceExpiry = action('party-registry', 'flag_licence_expiry');
