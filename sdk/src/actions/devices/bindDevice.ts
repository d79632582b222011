import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type DeviceBindParameters = CommandParams<'monitoring', 'bind_device'>;

/** Puts a device on an asset. Signers: its owner, then the SUPERVISOR or LENDER that relies on it. */
export const bindDevice = action('monitoring', 'bind_device');
