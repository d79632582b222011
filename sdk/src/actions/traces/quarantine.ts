import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceQuarantineParameters = CommandParams<'trace', 'quarantine'>;

/** The custodian holds goods for a decision: an excursion is no destruction. */
export const quarantine = action('trace', 'quarantine');
