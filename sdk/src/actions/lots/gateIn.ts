import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LotGateInParameters = CommandParams<'warehouse-receipt', 'gate_in'>;

/** Takes goods into a lot on a weighing. Signer: the warehouse. */
export const gateIn = action('warehouse-receipt', 'gate_in');
