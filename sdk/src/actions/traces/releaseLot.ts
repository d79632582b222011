import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceReleaseLotParameters = CommandParams<'trace', 'release_lot'>;

/** The batch release authority (批签发机构) releases a lot with its certificate (V 26). */
export const releaseLot = action('trace', 'release_lot');
