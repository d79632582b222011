import { assert, type Status, type WriteContext } from '@triflow/protocol';
import { isInsideClear, isPast, limitOf, readingOf } from './judgeLimit.js';
import { judgeSilence } from './judgeSilence.js';
import type { RuleInForce } from './rulesInForce.js';
import type { AnchorParams, Device, Extremes } from './schema.js';
import { openSession, raise, type Session, saveSession, settle, watchOf } from './session.js';

/**
 * What an anchored batch tells by its least and greatest values: HUMIDITY, BATTERY, VITALS, TAMPER
 * and OFFLINE. Doors, weights, places and windows of time need the readings themselves.
 */
export function judgeExtremes(
  context: WriteContext,
  device: Device,
  batch: AnchorParams,
): Status | undefined {
  assert(device.boundTo !== undefined, 'judgeExtremes: the device is bound');
  const fromTime = Math.max(batch.fromTime, device.lastTime);
  const toTime = Math.max(batch.toTime, fromTime);
  if (fromTime < device.boundAt) return undefined;
  const session = openSession(context, device, device.boundTo);
  for (const extremes of batch.kinds) {
    judgeSilence(session, extremes.kind, fromTime, { until: toTime, count: extremes.count });
    for (const rule of session.rules) judge(session, rule, extremes, fromTime, toTime);
  }
  return saveSession(session);
}

function judge(
  session: Session,
  rule: RuleInForce,
  { kind, min, max, count }: Extremes,
  fromTime: number,
  toTime: number,
): void {
  const limit = limitOf(rule.condition);
  if (limit === undefined || limit.byToken === true) return;
  if (readingOf(rule.condition) !== kind) return;
  const upper = limit.compare === 'ge' || limit.compare === 'gt';
  const [worst = 0] = upper ? max : min;
  const watch = watchOf(session, rule, fromTime);
  if (isPast(limit, worst)) raise(session, rule, watch, { since: fromTime });
  settle(session, watch, limit.clearCount, toTime, isInsideClear(limit, worst) ? count : 0);
}
