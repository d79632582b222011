import { defined, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { rules } from '../keys.js';
import { changeProblem, saveRule } from '../ruleChange.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** Who set a rule, or a GOVERNOR, ends it; its alerts stay. */
export const retireRule = command({
  who: 'verified',
  params: commandSchemas.retire_rule,
  verify: (context, { id, expectedVersion }) => {
    const stored = context.get(rules, id);
    if (stored === undefined) return status('object_not_found');
    if (stored.state === 'RETIRED') return status('state_forbids_command');
    return changeProblem(context, stored, expectedVersion) ?? OK;
  },
  execute: (context, { id }) => {
    const stored = defined(context.get(rules, id), 'retire_rule: found by its guards');
    const { setBy: _, setAt: __, state: ___, version: ____, ...rule } = stored;
    saveRule(context, rule, 'RETIRED');
    return OK;
  },
});
