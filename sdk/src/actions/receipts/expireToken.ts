import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type ReceiptExpireTokenParameters = CommandParams<'warehouse-receipt', 'expire_token'>;

/** Ends a release token that was not used in time. Signer: anyone. */
export const expireToken = action('warehouse-receipt', 'expire_token');
