import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptUnfreezeParameters = CommandParams<'warehouse-receipt', 'unfreeze'>;

/** Lifts a freeze. Signer: COURT or REGULATOR. */
export const unfreeze = action('warehouse-receipt', 'unfreeze');
