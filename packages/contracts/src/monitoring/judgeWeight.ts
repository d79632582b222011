import { clearEpisode } from './alertRecord.js';
import type { Sample } from './judgeReadings.js';
import { alerts } from './keys.js';
import { isOpen } from './lifecycle.js';
import type { RuleInForce } from './rulesInForce.js';
import type { Condition } from './schema.js';
import { isLetOut, raise, type Session, settle, watchOf } from './session.js';

/**
 * WEIGHT_DELTA: a weight or level differs from its baseline by `delta` and no release token covers
 * it: always critical. The baseline is the first value, the last one under a token, or the one that
 * stood when somebody had answered for a change; it does not creep, so many small thefts add up.
 */
export function judgeWeight(
  session: Session,
  rule: RuleInForce,
  condition: Extract<Condition, { kind: 'WEIGHT_DELTA' }>,
  { values, timeMs }: Sample,
): void {
  const [value = 0] = values;
  const { context } = session;
  const watch = watchOf(session, rule, timeMs);
  if (watch.alert !== undefined && !isOpen(context.get(alerts, watch.alert)?.state ?? '')) {
    clearEpisode(context, watch.alert, timeMs, false);
    delete watch.alert;
    watch.baseline = value;
  }
  if (watch.baseline === undefined || isLetOut(session, timeMs)) watch.baseline = value;
  const change = Math.abs(value - watch.baseline);
  if (change >= condition.delta) {
    raise(session, rule, watch, { since: timeMs, severity: 'critical' });
  }
  const inside = change < condition.delta && change <= condition.clearDelta;
  settle(session, watch, condition.clearCount, timeMs, inside ? 1 : 0);
}
