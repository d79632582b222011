import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptReleaseParameters = CommandParams<'warehouse-receipt', 'release'>;

/** Releases a receipt from its pledge. Signer: the lender. */
export const release = action('warehouse-receipt', 'release');
