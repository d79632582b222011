import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceDirectSupplyParameters = CommandParams<'trace', 'direct_supply'>;

/** A CDC directs in writing that a lot's maker supply a clinic itself (V 35). */
export const directSupply = action('trace', 'direct_supply');
