import { limits } from '@triflow/protocol';
import { isInside } from './geofence.js';
import type { Sample } from './judgeReadings.js';
import type { RuleInForce } from './rulesInForce.js';
import type { Condition } from './schema.js';
import { isLetOut, raise, type Session, settle, watchOf } from './session.js';

/**
 * GEOFENCE: a run of successive fixes outside that reaches `minConsecutive` is one episode. Without
 * a release token that covers it, it is critical whatever the rule says (domain section 4, the
 * night truck).
 */
export function judgeFence(
  session: Session,
  rule: RuleInForce,
  condition: Extract<Condition, { kind: 'GEOFENCE' }>,
  { values, timeMs }: Sample,
): void {
  const [x = 0, y = 0] = values;
  const watch = watchOf(session, rule, timeMs);
  if (isInside(condition.fence, { x, y })) {
    watch.outside = 0;
    delete watch.outsideSince;
    settle(session, watch, condition.clearCount, timeMs, 1);
    return;
  }
  watch.outside = Math.min(watch.outside + 1, limits.ruleCountMax);
  watch.outsideSince ??= timeMs;
  if (watch.outside >= condition.minConsecutive) {
    const severity = isLetOut(session, timeMs) ? rule.severity : 'critical';
    raise(session, rule, watch, { since: watch.outsideSince, severity });
  }
  settle(session, watch, condition.clearCount, timeMs, 0);
}
