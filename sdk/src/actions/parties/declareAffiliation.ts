import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PartyDeclareAffiliationParameters = CommandParams<
  'party-registry',
  'declare_affiliation'
>;

/** Declares that two parties belong together. Signer: the party or REGULATOR. */
export const declareAffiliation = action('party-registry', 'declare_affiliation');
