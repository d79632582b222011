import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type AlertResolveParameters = CommandParams<'monitoring', 'resolve'>;

/** Closes an alert with evidence. Signer: who owns the duty. */
export const resolve = action('monitoring', 'resolve');
