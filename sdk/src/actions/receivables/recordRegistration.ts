import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableRecordRegistrationParameters = CommandParams<
  'receivable',
  'record_registration'
>;

/** Reports the filing of a financing or pledge. Signer: REGISTRY. */
export const recordRegistration = action('receivable', 'record_registration');
