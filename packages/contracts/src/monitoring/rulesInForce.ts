import type { ReadContext } from '@triflow/protocol';
import { ruleLists, rules } from './keys.js';
import type { RecordRuleKind } from './kinds.js';
import type { Rule } from './schema.js';

/** A rule as it is applied; without an owner the duty is the device's owner's. */
export type RuleInForce = Pick<
  Rule,
  'id' | 'version' | 'condition' | 'severity' | 'ackWithinMs' | 'resolveWithinMs'
> & {
  readonly owner?: Rule['owner'];
  readonly setBy?: Rule['setBy'];
};

/** Rules for every bound device, unless a rule of the same kind is set for its asset. */
const standardRules: readonly RuleInForce[] = [
  {
    id: 'standard-offline',
    version: 1,
    condition: { kind: 'OFFLINE', clearCount: 1 },
    severity: 'warning',
  },
  {
    id: 'standard-tamper',
    version: 1,
    condition: { kind: 'TAMPER', clearCount: 1 },
    severity: 'critical',
  },
  {
    id: 'standard-door-open',
    version: 1,
    condition: { kind: 'DOOR_OPEN', clearCount: 1 },
    severity: 'critical',
  },
];

/** The rules that are set for one asset: its own first, then those of its kind. */
export function rulesFor(context: Pick<ReadContext, 'get'>, asset: string): readonly Rule[] {
  const own = context.get(ruleLists, asset)?.rules ?? [];
  const ofKind = context.get(ruleLists, kindOf(asset))?.rules ?? [];
  return [...own, ...ofKind].flatMap((id) => context.get(rules, id) ?? []);
}

/** The rules that readings about an asset are held against. */
export function rulesInForce(
  context: Pick<ReadContext, 'get'>,
  asset: string,
): readonly RuleInForce[] {
  const set: readonly RuleInForce[] = rulesFor(context, asset);
  const missing = standardRules.filter(({ condition }) =>
    set.every((rule) => rule.condition.kind !== condition.kind),
  );
  return [...set, ...missing];
}

/** The rule that sets how grave a record alert on an asset is; its own goes before its kind's. */
export function recordRuleFor(
  context: Pick<ReadContext, 'get'>,
  asset: string,
  kind: RecordRuleKind,
): Rule | undefined {
  return rulesFor(context, asset).find(
    ({ condition }) => condition.kind === 'RECORD' && condition.of === kind,
  );
}

/** The kind of an asset: the letters before its name. */
function kindOf(asset: string): string {
  return asset.slice(0, 2);
}
