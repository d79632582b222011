import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type AlertMarkFalseParameters = CommandParams<'monitoring', 'mark_false'>;

/** Calls an alert a false one. Signers: who owns the duty, and an independent second party. */
export const markFalse = action('monitoring', 'mark_false');
