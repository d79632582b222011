import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LotCreateLotParameters = CommandParams<'warehouse-receipt', 'create_lot'>;

/** Opens a lot of goods of one kind. Signer: the warehouse. */
export const createLot = action('warehouse-receipt', 'create_lot');
