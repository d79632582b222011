import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceRefuseLotParameters = CommandParams<'trace', 'refuse_lot'>;

/** The batch release authority refuses a lot and says why: its units are BLOCKED (V 26). */
export const refuseLot = action('trace', 'refuse_lot');
