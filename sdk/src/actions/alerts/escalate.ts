import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type AlertEscalateParameters = CommandParams<'monitoring', 'escalate'>;

/** Notes that an alert is past its deadline. Signer: anyone. */
export const escalate = action('monitoring', 'escalate');
