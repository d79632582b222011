import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptGateOutParameters = CommandParams<'warehouse-receipt', 'gate_out'>;

/** Records that goods left on a release token. Signer: the warehouse. */
export const gateOut = action('warehouse-receipt', 'gate_out');
