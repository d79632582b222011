import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceivableUnfreezeParameters = CommandParams<'receivable', 'unfreeze'>;

/** Ends a freeze. Signer: COURT or REGULATOR. */
export const unfreeze = action('receivable', 'unfreeze');
