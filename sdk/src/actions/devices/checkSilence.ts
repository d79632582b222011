import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type DeviceCheckSilenceParameters = CommandParams<'monitoring', 'check_silence'>;

/** Reports a device that is silent too long. Signer: anyone. */
export const checkSilence = action('monitoring', 'check_silence');
