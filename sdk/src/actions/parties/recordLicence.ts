import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PartyRecordLicenceParameters = CommandParams<'party-registry', 'record_licence'>;

/** Records a licence that a role needs. Signer: GOVERNOR. */
export const recordLicence = action('party-registry', 'record_licence');
