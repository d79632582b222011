import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type DeviceBindParameters = CommandParams<'monitoring', 'bind_device'>;

/** Puts a device on an asset. Signers: its owner, then its witness (SUPERVISOR or LENDER). */
export const bindDevice = action('monitoring', 'bind_device');
