import {
  commonStatus,
  limits,
  type Status,
  type TimeMs,
  type WriteContext,
} from '@triflow/protocol';
import { clearEpisode, openAlert } from './alertRecord.js';
import { coversOf, isCovered } from './coverWindows.js';
import { assetDevices, series, watches } from './keys.js';
import type { ReadingKind, Severity } from './kinds.js';
import { type RuleInForce, rulesInForce } from './rulesInForce.js';
import type { Cover, Device, Series, Watch } from './schema.js';

/** How a rule stands while a batch is judged; saved when the batch is done. */
export interface OpenWatch {
  readonly rule: RuleInForce;
  /** Part of the key: the rule, and where one rule watches several kinds, the kind. */
  readonly name: string;
  readonly state: Watch;
}

/** What one batch is judged with: rules, windows of tokens, series and watches as they change. */
export interface Session {
  readonly context: WriteContext;
  readonly device: Device;
  readonly asset: string;
  readonly rules: readonly RuleInForce[];
  readonly covers: readonly Cover[];
  readonly shipmentFrom: TimeMs;
  readonly series: Map<ReadingKind, Series>;
  readonly watches: Map<string, OpenWatch>;
  raised: number;
}

/** Opens a session on what a device is bound to. */
export function openSession(context: WriteContext, device: Device, asset: string): Session {
  return {
    context,
    device,
    asset,
    rules: rulesInForce(context, asset),
    covers: coversOf(context, asset),
    shipmentFrom: Math.max(context.get(assetDevices, asset)?.shipmentFrom ?? 0, device.boundAt),
    series: new Map(),
    watches: new Map(),
    raised: 0,
  };
}

/** What is known of a kind; a copy that may be changed. */
export function seriesOf(session: Session, kind: ReadingKind): Series {
  const known = session.series.get(kind);
  if (known !== undefined) return known;
  const { context, device } = session;
  const stored = context.get(series, device.id, String(device.binding), kind);
  const opened: Series = { ...stored, covered: [...(stored?.covered ?? [])] };
  session.series.set(kind, opened);
  return opened;
}

/**
 * How a rule stands; a copy that may be changed. A new version of the rule starts afresh at the
 * reading that is judged now, and ends the episode of the version before.
 */
export function watchOf(
  session: Session,
  rule: RuleInForce,
  timeMs: TimeMs,
  kind?: ReadingKind,
): Watch {
  const name = kind === undefined ? rule.id : `${rule.id}.${kind}`;
  const known = session.watches.get(name);
  if (known !== undefined) return known.state;
  const { context, device } = session;
  const stored = context.get(watches, device.id, String(device.binding), name);
  const isSame = stored?.ruleVersion === rule.version;
  if (stored?.alert !== undefined && !isSame) clearEpisode(context, stored.alert, timeMs, false);
  const fresh = { since: timeMs, ruleVersion: rule.version, runs: [], outside: 0, inside: 0 };
  const state: Watch =
    stored !== undefined && isSame
      ? { ...stored, runs: [...stored.runs] }
      : { ...fresh, episodes: stored?.episodes ?? 0 };
  session.watches.set(name, { rule, name, state });
  return state;
}

/** Whether a release token lets something out at a moment. */
export function isLetOut(session: Session, timeMs: TimeMs): boolean {
  return isCovered(session.covers, timeMs);
}

/** Opens an episode, unless one is open. */
export function raise(
  session: Session,
  rule: RuleInForce,
  watch: Watch,
  spec: { readonly since: TimeMs; readonly severity?: Severity; readonly part?: string },
): void {
  if (watch.alert !== undefined) return;
  const { context, device, asset } = session;
  session.raised += 1;
  if (session.raised > limits.alertsPerBatchMax) return;
  watch.episodes += 1;
  watch.inside = 0;
  const part = spec.part === undefined ? '' : `${spec.part}.`;
  watch.alert = openAlert(context, {
    kind: rule.condition.kind === 'RECORD' ? rule.condition.of : rule.condition.kind,
    rule,
    asset,
    device: device.id,
    episode: `${device.id}.${device.binding}.${part}${watch.episodes}`,
    severity: spec.severity ?? rule.severity,
    owner: rule.owner ?? device.owner,
    ...(rule.setBy === undefined ? {} : { watcher: rule.setBy }),
    since: spec.since,
    ackWithinMs: rule.ackWithinMs,
    resolveWithinMs: rule.resolveWithinMs,
  });
}

/**
 * Notes readings inside the clear threshold, or one that is not: an episode ends after
 * `clearCount` successive ones (hysteresis).
 */
export function settle(
  session: Session,
  watch: Watch,
  clearCount: number,
  timeMs: TimeMs,
  insideNow: number,
): void {
  watch.inside = insideNow === 0 ? 0 : Math.min(watch.inside + insideNow, limits.ruleCountMax);
  if (watch.alert === undefined || watch.inside < clearCount) return;
  clearEpisode(session.context, watch.alert, timeMs, false);
  delete watch.alert;
}

/** Writes what changed. More alerts than a batch may raise: `bound_exceeded`, hand in less. */
export function saveSession(session: Session): Status | undefined {
  const { context, device } = session;
  if (session.raised > limits.alertsPerBatchMax) return commonStatus('bound_exceeded');
  const binding = String(device.binding);
  for (const [kind, known] of session.series)
    context.put(series, [device.id, binding, kind], known);
  for (const { name, state } of session.watches.values()) {
    context.put(watches, [device.id, binding, name], state);
  }
  return undefined;
}
