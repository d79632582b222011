import { limits, type TimeMs } from '@triflow/protocol';
import { clearEpisode } from './alertRecord.js';
import { violation } from './judgeCoverage.js';
import { isInsideClear, isPast } from './judgeLimit.js';
import type { Sample } from './judgeReadings.js';
import type { RuleInForce } from './rulesInForce.js';
import type { Condition, Span, Watch } from './schema.js';
import { raise, type Session, settle, watchOf } from './session.js';

type Window = Extract<Condition, { kind: 'TEMP_SINGLE' | 'TEMP_CUMULATIVE' }>;

/**
 * TEMP_SINGLE: one unbroken violation of at least the duration. TEMP_CUMULATIVE: the violations of
 * the shipment add up to it. A reading holds until the next; time after a gap is unknown and breaks
 * the run.
 */
export function judgeWindow(
  session: Session,
  rule: RuleInForce,
  condition: Window,
  { values, timeMs, held }: Sample,
): void {
  const [value = 0] = values;
  const watch = watchOf(session, rule, timeMs);
  if (condition.kind === 'TEMP_CUMULATIVE') startShipment(session, watch);
  if (watch.run !== undefined) {
    if (held !== undefined) watch.run = { from: watch.run.from, to: timeMs };
    else endRun(watch, watch.run);
  }
  const past = isPast(condition, value);
  if (past) watch.run ??= { from: timeMs, to: timeMs };
  judgeRun(session, rule, condition, watch, timeMs);
  if (!past && watch.run !== undefined) endRun(watch, watch.run);
  const lasts = condition.kind === 'TEMP_CUMULATIVE';
  const inside = !lasts && isInsideClear(condition, value);
  settle(session, watch, condition.clearCount, timeMs, inside ? 1 : 0);
}

/** The sum of a shipment does not fall, so its alert lasts until the next shipment begins. */
function startShipment(session: Session, watch: Watch): void {
  const { shipmentFrom } = session;
  if (watch.sumFrom === shipmentFrom) return;
  if (watch.alert !== undefined) clearEpisode(session.context, watch.alert, shipmentFrom, false);
  delete watch.alert;
  watch.sumFrom = shipmentFrom;
}

function judgeRun(
  session: Session,
  rule: RuleInForce,
  condition: Window,
  watch: Watch,
  timeMs: TimeMs,
): void {
  const { run } = watch;
  if (run === undefined || watch.alert !== undefined) return;
  if (condition.kind === 'TEMP_SINGLE') {
    if (run.to - run.from >= condition.durationMs) raise(session, rule, watch, { since: run.from });
    return;
  }
  const { sumMs } = violation(watch, session.shipmentFrom, timeMs);
  if (sumMs >= condition.durationMs) raise(session, rule, watch, { since: run.from });
}

function endRun(watch: Watch, run: Span): void {
  delete watch.run;
  if (run.to === run.from) return;
  watch.runs.push(run);
  const oldest = watch.runs.length > limits.spansKeptMax ? watch.runs.shift() : undefined;
  if (oldest === undefined) return;
  const { sumMs = 0, longestMs = 0 } = watch.folded ?? {};
  const ms = oldest.to - oldest.from;
  watch.folded = { to: oldest.to, sumMs: sumMs + ms, longestMs: Math.max(longestMs, ms) };
}
