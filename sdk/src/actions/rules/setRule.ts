import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type RuleSetParameters = CommandParams<'monitoring', 'set_rule'>;

/** Sets a rule or its next version. Signer: owner or witness of a device on the asset; GOVERNOR. */
export const setRule = action('monitoring', 'set_rule');
