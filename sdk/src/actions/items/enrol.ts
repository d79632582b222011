import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsEnrolParameters = CommandParams<'custody-items', 'enrol'>;

/** The vault's auditor says which person signs as a party there; only the hash is kept. */
export const enrol = action('custody-items', 'enrol');
