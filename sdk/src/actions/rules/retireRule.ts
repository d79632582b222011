import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type RuleRetireParameters = CommandParams<'monitoring', 'retire_rule'>;

/** Ends a rule. Signer: who set it; GOVERNOR. */
export const retireRule = action('monitoring', 'retire_rule');
