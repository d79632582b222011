import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type DeviceSubmitBatchParameters = CommandParams<'monitoring', 'submit_batch'>;

/** Hands readings in, in the transaction. Signer: the device or its gateway. */
export const submitBatch = action('monitoring', 'submit_batch');
