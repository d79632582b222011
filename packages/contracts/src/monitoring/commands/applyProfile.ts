import { isOk, limits, OK, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { ruleLists } from '../keys.js';
import { ruleProblem, saveRule, selectorKey } from '../ruleChange.js';
import { commandSchemas, type NewRule } from '../schema.js';
import { status } from '../statusCodes.js';
import { type WhoProfile, whoProfiles } from '../whoProfiles.js';

/** Sets the alarm windows of a WHO profile as rules `<prefix>-1` and up. */
export const applyProfile = command({
  who: 'verified',
  params: commandSchemas.apply_profile,
  verify: (context, params) => {
    const wished = rulesOf(params);
    for (const rule of wished) {
      const problem: Status = ruleProblem(context, rule) ?? OK;
      if (!isOk(problem)) return problem;
    }
    const listed = context.get(ruleLists, selectorKey(params.selector))?.rules ?? [];
    const fits = listed.length + wished.length <= limits.rulesPerSelectorMax;
    return fits ? OK : status('bound_exceeded');
  },
  execute: (context, params) => {
    for (const rule of rulesOf(params)) saveRule(context, rule, 'ACTIVE');
    return OK;
  },
});

function rulesOf(params: {
  readonly profile: WhoProfile;
  readonly prefix: string;
  readonly selector: NewRule['selector'];
  readonly severity: NewRule['severity'];
  readonly owner: NewRule['owner'];
  readonly clearCount: number;
}): NewRule[] {
  const { profile, prefix, selector, severity, owner, clearCount } = params;
  return whoProfiles[profile].map((window, at) => ({
    id: `${prefix}-${at + 1}`,
    selector,
    condition: { ...window, clearCount },
    severity,
    owner,
  }));
}
