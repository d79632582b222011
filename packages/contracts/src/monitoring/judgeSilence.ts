import type { TimeMs } from '@triflow/protocol';
import type { ReadingKind } from './kinds.js';
import { raise, type Session, seriesOf, settle, watchOf } from './session.js';

/**
 * OFFLINE: a kind that is watched was not heard of for more than its `maxGapMs` (strictly). The
 * episode began when it was last heard of.
 */
export function judgeSilence(
  session: Session,
  kind: ReadingKind,
  timeMs: TimeMs,
  heard: { readonly until: TimeMs; readonly count: number } = { until: timeMs, count: 1 },
): void {
  const known = seriesOf(session, kind);
  const { heardAt } = known;
  known.heardAt = Math.max(heardAt ?? 0, heard.until);
  const maxGapMs = session.device.kinds.find((one) => one.kind === kind)?.maxGapMs;
  if (maxGapMs === undefined || heardAt === undefined) return;
  for (const rule of session.rules) {
    if (rule.condition.kind !== 'OFFLINE') continue;
    const watch = watchOf(session, rule, timeMs, kind);
    const silent = timeMs - heardAt > maxGapMs;
    if (silent) raise(session, rule, watch, { since: heardAt, part: kind });
    settle(session, watch, rule.condition.clearCount, timeMs, silent ? 0 : heard.count);
  }
}
