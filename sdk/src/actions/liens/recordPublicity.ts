import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LienRecordPublicityParameters = CommandParams<'lien', 'record_publicity'>;

/** Records registration or control of a lien. Signer: REGISTRY, keeper or supervisor. */
export const recordPublicity = action('lien', 'record_publicity');
