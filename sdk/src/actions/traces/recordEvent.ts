import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceRecordEventParameters = CommandParams<'trace', 'record_event'>;

/** Records an EPCIS event. Signer: a party that stands in it. */
export const recordEvent = action('trace', 'record_event');
