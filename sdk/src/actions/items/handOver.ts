import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsHandOverParameters = CommandParams<'custody-items', 'hand_over'>;

/**
 * The vault passes from keeper to keeper on a full count that both sign: a stocktake signed since
 * the last movement. With differences open an APPROVER must sign its exception (K2).
 */
export const handOver = action('custody-items', 'hand_over');
