import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { ruleProblem, saveRule } from '../ruleChange.js';
import { commandSchemas } from '../schema.js';

/** Sets a rule, or its next version; readings are held against it from their next batch on. */
export const setRule = command({
  who: 'verified',
  params: commandSchemas.set_rule,
  verify: (context, params) => ruleProblem(context, params) ?? OK,
  execute: (context, params) => {
    const { expectedVersion: _, ...rule } = params;
    saveRule(context, rule, 'ACTIVE');
    return OK;
  },
});
