import { rules } from '@triflow/contracts/schemas';
import { getter } from '../objects.js';
import { applyProfile } from './applyProfile.js';
import { retireRule } from './retireRule.js';
import { setRule } from './setRule.js';

/** Rules that devices are held against (contract monitoring). */
export const ruleActions = {
  get: getter(rules),
  setRule,
  applyProfile,
  retireRule,
} as const;
