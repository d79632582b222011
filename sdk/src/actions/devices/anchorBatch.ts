import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type DeviceAnchorBatchParameters = CommandParams<'monitoring', 'anchor_batch'>;

/** Commits to readings by their root. Signer: the device or its gateway. */
export const anchorBatch = action('monitoring', 'anchor_batch');
