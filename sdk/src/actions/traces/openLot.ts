import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceOpenLotParameters = CommandParams<'trace', 'open_lot'>;

/** A maker opens a lot of goods that it will serialise or transform; a vaccine's is its MAH. */
export const openLot = action('trace', 'open_lot');
