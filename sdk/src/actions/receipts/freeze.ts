import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptFreezeParameters = CommandParams<'warehouse-receipt', 'freeze'>;

/** Freezes a receipt on a legal order. Signer: COURT or REGULATOR. */
export const freeze = action('warehouse-receipt', 'freeze');
