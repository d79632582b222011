import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type DeviceUnbindParameters = CommandParams<'monitoring', 'unbind_device'>;

/** Takes a device off its asset. Signers: its owner, then its witness. */
export const unbindDevice = action('monitoring', 'unbind_device');
