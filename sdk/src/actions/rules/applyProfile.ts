import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type RuleApplyProfileParameters = CommandParams<'monitoring', 'apply_profile'>;

/** Sets the windows of a WHO profile as rules. Signer: as setRule. */
export const applyProfile = action('monitoring', 'apply_profile');
