import {
  type CborMap,
  limits,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { hasRole, isActive } from '../party-registry/internal.js';
import { assetDevices, devices, ruleLists, rules, ruleVersions } from './keys.js';
import type { NewRule, Rule } from './schema.js';
import { status } from './statusCodes.js';

/** The key under which a selector lists its rules. */
export function selectorKey(selector: Rule['selector']): string {
  return 'asset' in selector ? selector.asset : selector.assetKind;
}

/**
 * Who may set rules: a GOVERNOR any; for one asset the owner or witness of a device that is bound
 * to it. Nobody else, because a critical rule can stop the draws of others.
 */
export function authorityProblem(
  context: ReadContext,
  selector: Rule['selector'],
): Status | undefined {
  if (hasRole(context, context.sender, 'GOVERNOR')) return undefined;
  if (!('asset' in selector)) return status('signer_lacks_role');
  const bindings = context.get(assetDevices, selector.asset)?.bindings ?? [];
  const named = bindings.some(({ device: id, to }) => {
    const device = to === undefined ? context.get(devices, id) : undefined;
    return device?.owner === context.sender || device?.witness === context.sender;
  });
  return named ? undefined : status('signer_not_party_to_object');
}

/** Why a rule may not be set as wished. Only who set a rule, or a GOVERNOR, may change it. */
export function ruleProblem(context: ReadContext, wished: NewRule): Status | undefined {
  const stored = context.get(rules, wished.id);
  if (stored === undefined && wished.expectedVersion !== undefined) {
    return status('object_not_found');
  }
  if (stored !== undefined && wished.expectedVersion === undefined) {
    return status('id_already_exists');
  }
  const authority = authorityProblem(context, wished.selector);
  if (authority !== undefined) return authority;
  if (stored !== undefined) {
    const change = changeProblem(context, stored, wished.expectedVersion);
    if (change !== undefined) return change;
    const sameKind = stored.condition.kind === wished.condition.kind;
    const sameScope = selectorKey(stored.selector) === selectorKey(wished.selector);
    if (!sameKind || !sameScope) return status('rule_scope_is_fixed');
  }
  if (!isActive(context, wished.owner)) return status('reference_not_found');
  const listed = context.get(ruleLists, selectorKey(wished.selector))?.rules ?? [];
  const grows = stored === undefined || stored.state === 'RETIRED';
  return grows && listed.length >= limits.rulesPerSelectorMax
    ? status('bound_exceeded')
    : undefined;
}

/** Why a rule that exists may not be changed by the signer. */
export function changeProblem(
  context: ReadContext,
  stored: Rule,
  expectedVersion: number | undefined,
): Status | undefined {
  const isGovernor = hasRole(context, context.sender, 'GOVERNOR');
  if (stored.setBy !== context.sender && !isGovernor) return status('signer_not_party_to_object');
  return stored.version === expectedVersion ? undefined : status('object_version_is_stale');
}

/** Writes a rule's next version; every version is kept. */
export function saveRule(
  context: WriteContext,
  wished: Omit<NewRule, 'expectedVersion'>,
  state: Rule['state'],
): void {
  const stored = context.get(rules, wished.id);
  const version = (stored?.version ?? 0) + 1;
  const rule: Rule = { ...wished, setBy: context.sender, setAt: context.timeMs, state, version };
  context.put(rules, [rule.id], rule);
  context.put(ruleVersions, [rule.id, String(version)], rule);
  const key = selectorKey(rule.selector);
  const others = (context.get(ruleLists, key)?.rules ?? []).filter((id) => id !== rule.id);
  const listed = state === 'ACTIVE' ? [...others, rule.id] : others;
  context.put(ruleLists, [key], { rules: listed });
  const { id, condition, severity, owner, selector } = rule;
  const said = { version, state, severity, owner, selector: { ...selector } };
  const data: CborMap = {
    ...said,
    kind: condition.kind === 'RECORD' ? condition.of : condition.kind,
  };
  context.emit(state === 'ACTIVE' ? 'rule.set' : 'rule.retired', id, data);
}
