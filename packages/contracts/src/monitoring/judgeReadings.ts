import { assert, limits, type Status, type TimeMs, type WriteContext } from '@triflow/protocol';
import { judgeFence } from './judgeFence.js';
import { judgeLimit, limitOf, readingOf } from './judgeLimit.js';
import { judgeSilence } from './judgeSilence.js';
import { judgeWeight } from './judgeWeight.js';
import { judgeWindow } from './judgeWindow.js';
import type { RuleInForce } from './rulesInForce.js';
import type { Device, Reading } from './schema.js';
import { openSession, type Session, saveSession, seriesOf } from './session.js';

/** A reading at its effective time: never before the one before it. */
export interface Sample {
  readonly kind: Reading['kind'];
  readonly values: readonly number[];
  readonly timeMs: TimeMs;
  /** The reading of its kind that held until now; without it the time between is unknown. */
  readonly held?: { readonly values: readonly number[]; readonly timeMs: TimeMs };
}

/**
 * Holds readings against the rules of the asset, one by one in the order of their numbers: any
 * batching of the same readings gives the same alerts (N1). What was measured before the device was
 * bound says nothing of the asset. Gives a status when there is more than a batch may hold.
 */
export function judgeReadings(
  context: WriteContext,
  device: Device,
  readings: readonly Reading[],
): Status | undefined {
  assert(device.boundTo !== undefined, 'judgeReadings: the device is bound');
  const session = openSession(context, device, device.boundTo);
  let lastMs = device.lastTime;
  for (const { kind, values, time } of readings) {
    lastMs = Math.max(lastMs, time);
    if (lastMs >= device.boundAt) judgeReading(session, kind, values, lastMs);
  }
  return saveSession(session);
}

function judgeReading(
  session: Session,
  kind: Reading['kind'],
  values: readonly number[],
  timeMs: TimeMs,
): void {
  judgeSilence(session, kind, timeMs);
  const sample = cover(session, kind, values, timeMs);
  for (const rule of session.rules) judge(session, rule, sample);
}

function judge(session: Session, rule: RuleInForce, sample: Sample): void {
  const { condition } = rule;
  if (readingOf(condition) !== sample.kind) return;
  if (condition.kind === 'TEMP_SINGLE' || condition.kind === 'TEMP_CUMULATIVE') {
    judgeWindow(session, rule, condition, sample);
    return;
  }
  if (condition.kind === 'GEOFENCE') {
    judgeFence(session, rule, condition, sample);
    return;
  }
  if (condition.kind === 'WEIGHT_DELTA') {
    judgeWeight(session, rule, condition, sample);
    return;
  }
  const limit = limitOf(condition);
  if (limit !== undefined) judgeLimit(session, rule, limit, sample);
}

/** Notes that a value is known since the last reading of its kind, unless that is too old. */
function cover(
  session: Session,
  kind: Reading['kind'],
  values: readonly number[],
  timeMs: TimeMs,
): Sample {
  const known = seriesOf(session, kind);
  const maxGapMs = session.device.kinds.find((one) => one.kind === kind)?.maxGapMs;
  const { lastTime, lastValues } = known;
  const holds = lastTime !== undefined && (maxGapMs === undefined || timeMs - lastTime <= maxGapMs);
  const span = holds ? known.covered.at(-1) : undefined;
  if (span === undefined) known.covered.push({ from: timeMs, to: timeMs });
  else known.covered[known.covered.length - 1] = { from: span.from, to: timeMs };
  if (known.covered.length > limits.spansKeptMax) known.covered.shift();
  known.lastTime = timeMs;
  known.lastValues = [...values];
  const sample = { kind, values, timeMs };
  if (!holds || lastValues === undefined) return sample;
  return { ...sample, held: { values: lastValues, timeMs: lastTime } };
}
