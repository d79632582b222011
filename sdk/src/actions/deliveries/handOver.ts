import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type DeliveryHandOverParameters = CommandParams<'purchase-order', 'hand_over'>;

/** Opens a handover of a delivery. Signers: giver, receiver. */
export const handOver = action('purchase-order', 'hand_over');
