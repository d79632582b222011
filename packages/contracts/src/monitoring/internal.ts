import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { type Coverage, type CoverageRequest, judgeCoverage } from './judgeCoverage.js';
import {
  alerts,
  assetAlerts,
  assetDevices,
  devices,
  episodes,
  ONLY_EPISODE,
  watches,
} from './keys.js';
import type { ReadingKind, RecordRuleKind } from './kinds.js';
import { rulesFor } from './rulesInForce.js';
import type { Alert } from './schema.js';
import { status } from './statusCodes.js';

export type { Breach, Coverage, CoverageRequest } from './judgeCoverage.js';
export type { RecordRuleKind, Severity } from './kinds.js';
export type { Alert } from './schema.js';
export { circleSign, clearRecordAlert, raiseRecordAlert } from './tellRecordAlert.js';

/**
 * What other contracts may use: these readers, and by `context.call('monitoring', …)` the internal
 * commands `raise_alert`, `clear_alert` (alerts from records), `open_cover`, `close_cover` (a
 * release token lets goods out), `begin_shipment` (cumulative windows start again).
 */

/** The id of a critical alert that is open on one of the assets, or undefined (N2). */
export function openCriticalAlert(
  context: Pick<ReadContext, 'get'>,
  ...assets: string[]
): string | undefined {
  for (const asset of assets) {
    const found = context.get(assetAlerts, asset);
    if (found !== undefined && found.openCritical > 0) return found.critical.at(-1) ?? asset;
  }
  return undefined;
}

/** Refuses where a critical alert is open on one of the assets: no draw, no release (N2). */
export function criticalAlertProblem(
  context: Pick<ReadContext, 'get'>,
  ...assets: string[]
): Status {
  const open = openCriticalAlert(context, ...assets) !== undefined;
  return open ? status('critical_alert_open') : OK;
}

/** What submitted readings say of an asset over a time: complete? in range? See its answer. */
export function coverageOf(context: Pick<ReadContext, 'get'>, request: CoverageRequest): Coverage {
  return judgeCoverage(context, request);
}

/** Whether a device is bound to an asset now. */
export function hasDevice(context: Pick<ReadContext, 'get'>, asset: string): boolean {
  const bindings = context.get(assetDevices, asset)?.bindings ?? [];
  return bindings.some(({ to }) => to === undefined);
}

/** Whether an episode outside a fence of an asset is open: a device last said so (GEOFENCE). */
export function isOutsideFence(context: Pick<ReadContext, 'get'>, asset: string): boolean {
  // Without an open alert there is no open episode, and nothing further to read.
  if ((context.get(assetAlerts, asset)?.open ?? 0) === 0) return false;
  const fences = rulesFor(context, asset).filter(({ condition }) => condition.kind === 'GEOFENCE');
  const bindings = context.get(assetDevices, asset)?.bindings ?? [];
  return bindings.some(({ device, binding, to }) => {
    if (to !== undefined) return false;
    return fences.some(({ id }) => {
      return context.get(watches, device, String(binding), id)?.alert !== undefined;
    });
  });
}

/** The alert of the latest episode of a record's rule on an asset, open or not. */
export function recordAlert(
  context: Pick<ReadContext, 'get'>,
  kind: RecordRuleKind,
  asset: string,
  episode = ONLY_EPISODE,
): Alert | undefined {
  const found = context.get(episodes, asset, kind, episode);
  return found === undefined ? undefined : context.get(alerts, found.alert);
}

/**
 * How long one of these devices may be silent about a kind before the time between is unknown: the
 * shortest of them. 0 where none says.
 */
export function maxGapOf(
  context: Pick<ReadContext, 'get'>,
  ids: readonly string[],
  kind: ReadingKind = 'TEMPERATURE',
): number {
  const gaps = ids.flatMap((id) => {
    const watched = context.get(devices, id)?.kinds.find((one) => one.kind === kind);
    return watched?.maxGapMs ?? [];
  });
  return gaps.length === 0 ? 0 : Math.min(...gaps);
}
