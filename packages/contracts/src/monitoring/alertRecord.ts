import { defined, limits, type WriteContext } from '@triflow/protocol';
import { alerts, assetAlerts } from './keys.js';
import type { RuleKind, Severity } from './kinds.js';
import { isOpen } from './lifecycle.js';
import type { Alert } from './schema.js';

/** What a new alert says; ids and deadlines are added. */
export interface NewAlert {
  readonly kind: RuleKind;
  readonly rule?: { readonly id: string; readonly version: number };
  readonly asset: string;
  readonly device?: string;
  readonly episode: string;
  readonly severity: Severity;
  readonly owner: Alert['owner'];
  readonly watcher?: Alert['watcher'];
  readonly since: number;
  readonly ackWithinMs?: number | undefined;
  readonly resolveWithinMs?: number | undefined;
  readonly refs?: readonly string[];
}

/** Opens an alert: RAISED, counted on its asset, its deadlines running. Gives its id. */
export function openAlert(context: WriteContext, spec: NewAlert): string {
  const { rule, ackWithinMs, resolveWithinMs, refs = [], ...rest } = spec;
  const { timeMs } = context;
  const id = context.newId('al');
  const alert: Alert = {
    ...rest,
    id,
    ...(rule === undefined ? {} : { rule: rule.id, ruleVersion: rule.version }),
    state: 'RAISED',
    raisedAt: timeMs,
    ackBy: timeMs + (ackWithinMs ?? context.parameter<number>(`ack_${spec.severity}_ms`)),
    resolveBy:
      timeMs + (resolveWithinMs ?? context.parameter<number>(`resolve_${spec.severity}_ms`)),
    refs: [...refs],
    version: 1,
  };
  context.put(alerts, [id], alert);
  countOpen(context, alert, 1);
  const { kind, asset, device, episode, severity, owner, since, ackBy, state } = alert;
  const said = { version: 1, kind, asset, episode, severity, owner, since, ackBy, state };
  context.emit('alert.raised', id, {
    ...said,
    ...(device === undefined ? {} : { device }),
    ...(rule === undefined ? {} : { rule: rule.id, ruleVersion: rule.version }),
  });
  return id;
}

/**
 * Ends an alert's episode at a moment. The alert itself stays open until somebody answers for it;
 * where the ledger's own records show that the cause is gone (`close`), it is RESOLVED.
 */
export function clearEpisode(
  context: WriteContext,
  id: string,
  clearedAt: number,
  close: boolean,
): void {
  const found = defined(context.get(alerts, id), 'clearEpisode: the alert exists');
  const closes = close && isOpen(found.state);
  const closed = { by: context.sender, at: context.timeMs };
  const alert: Alert = closes
    ? { ...found, clearedAt, state: 'RESOLVED', closed, version: found.version + 1 }
    : { ...found, clearedAt };
  context.put(alerts, [id], alert);
  if (closes) countOpen(context, alert, -1);
  const { version, kind, asset, episode, state } = alert;
  context.emit('alert.cleared', id, { version, kind, asset, episode, clearedAt, state });
}

/** Moves an alert to a state; one that is no longer open is taken off its asset. */
export function moveAlert(
  context: WriteContext,
  id: string,
  event: 'acknowledged' | 'escalated' | 'resolved' | 'marked_false',
  change: Partial<Alert> & Pick<Alert, 'state'>,
): void {
  const found = defined(context.get(alerts, id), 'moveAlert: found by its guards');
  const alert: Alert = { ...found, ...change, version: found.version + 1 };
  context.put(alerts, [id], alert);
  if (!isOpen(alert.state)) countOpen(context, alert, -1);
  const { version, kind, asset, severity, state } = alert;
  context.emit(`alert.${event}`, id, { version, kind, asset, severity, state });
}

function countOpen(context: WriteContext, alert: Alert, step: 1 | -1): void {
  const nothing = { open: 0, openCritical: 0, critical: [] };
  const stored = context.get(assetAlerts, alert.asset) ?? nothing;
  const isCritical = alert.severity === 'critical';
  const others = stored.critical.filter((id) => id !== alert.id);
  const critical = isCritical && step === 1 ? [...others, alert.id] : others;
  context.put(assetAlerts, [alert.asset], {
    open: stored.open + step,
    openCritical: stored.openCritical + (isCritical ? step : 0),
    critical: critical.slice(-limits.criticalAlertsListedMax),
  });
}
