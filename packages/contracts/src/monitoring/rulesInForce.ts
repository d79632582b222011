import type { ReadContext } from '@triflow/protocol';
import { ruleLists, rules } from './keys.js';
import type { RecordRuleKind } from './kinds.js';
import type { Rule } from './schema.js';

/** The rules for one asset: its own first, then those of its kind. */
export function rulesFor(context: Pick<ReadContext, 'get'>, asset: string): readonly Rule[] {
  const own = context.get(ruleLists, asset)?.rules ?? [];
  const ofKind = context.get(ruleLists, asset.slice(0, 2))?.rules ?? [];
  return [...own, ...ofKind].flatMap((id) => {
    const rule = context.get(rules, id);
    return rule === undefined || rule.state === 'RETIRED' ? [] : [rule];
  });
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
