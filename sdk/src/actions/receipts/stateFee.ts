import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptStateFeeParameters = CommandParams<'warehouse-receipt', 'state_fee'>;

/** States the storage fee that is due. Signer: the warehouse. */
export const stateFee = action('warehouse-receipt', 'state_fee');
