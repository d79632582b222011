import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceShipParameters = CommandParams<'trace', 'ship'>;

/** MAH or CDC, or a carrier that has the goods for them, sends vaccine on its way (V 35, 36). */
export const ship = action('trace', 'ship');
