import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type AlertAcknowledgeParameters = CommandParams<'monitoring', 'acknowledge'>;

/** Takes an alert on. Signer: who owns the duty. */
export const acknowledge = action('monitoring', 'acknowledge');
