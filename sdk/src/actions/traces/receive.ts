import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceReceiveParameters = CommandParams<'trace', 'receive'>;

/** CDC or clinic takes a shipment with its papers and a whole temperature record (V 37, 39). */
export const receive = action('trace', 'receive');
