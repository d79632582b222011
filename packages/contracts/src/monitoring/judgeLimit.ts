import type { Sample } from './judgeReadings.js';
import type { ReadingKind } from './kinds.js';
import type { RuleInForce } from './rulesInForce.js';
import type { Condition } from './schema.js';
import { isLetOut, raise, type Session, settle, watchOf } from './session.js';

/** A threshold and what is safe again, in one form for all rules that have one. */
export interface Limit {
  readonly compare: 'ge' | 'gt' | 'le' | 'lt';
  readonly threshold: number;
  readonly clear?: number | undefined;
  readonly clearCount: number;
  /** Nothing is wrong while a release token covers it. */
  readonly byToken?: boolean;
}

/** The kind of reading that a condition is about. */
export function readingOf(condition: Condition): ReadingKind | undefined {
  switch (condition.kind) {
    case 'TEMP_SINGLE':
    case 'TEMP_CUMULATIVE':
      return 'TEMPERATURE';
    case 'GEOFENCE':
      return 'POSITION';
    case 'DOOR_OPEN':
      return 'DOOR';
    case 'VITALS':
    case 'WEIGHT_DELTA':
      return condition.reading;
    case 'HUMIDITY':
    case 'BATTERY':
    case 'TAMPER':
      return condition.kind;
    case 'OFFLINE':
    case 'RECORD':
      return undefined;
  }
}

/** The threshold of a condition that one reading can break; undefined for the others. */
export function limitOf(condition: Condition): Limit | undefined {
  switch (condition.kind) {
    case 'HUMIDITY':
    case 'BATTERY':
    case 'VITALS':
      return condition;
    case 'TAMPER':
      return { compare: 'ge', threshold: 1, clearCount: condition.clearCount };
    case 'DOOR_OPEN':
      return { compare: 'ge', threshold: 1, clearCount: condition.clearCount, byToken: true };
    default:
      return undefined;
  }
}

/** Whether a value is past the raise threshold. */
export function isPast(limit: Pick<Limit, 'compare' | 'threshold'>, value: number): boolean {
  const { compare, threshold } = limit;
  switch (compare) {
    case 'ge':
      return value >= threshold;
    case 'gt':
      return value > threshold;
    case 'le':
      return value <= threshold;
    case 'lt':
      return value < threshold;
  }
}

/** Whether a value is inside the clear threshold: between the two an episode goes on. */
export function isInsideClear(limit: Limit, value: number): boolean {
  if (isPast(limit, value)) return false;
  if (limit.clear === undefined) return true;
  const upper = limit.compare === 'ge' || limit.compare === 'gt';
  return upper ? value <= limit.clear : value >= limit.clear;
}

/** HUMIDITY, BATTERY, VITALS, TAMPER, DOOR_OPEN: one reading past the threshold is enough. */
export function judgeLimit(
  session: Session,
  rule: RuleInForce,
  limit: Limit,
  { values, timeMs }: Sample,
): void {
  const [value = 0] = values;
  const watch = watchOf(session, rule, timeMs);
  const allowed = limit.byToken === true && isLetOut(session, timeMs);
  if (isPast(limit, value) && !allowed) raise(session, rule, watch, { since: timeMs });
  settle(session, watch, limit.clearCount, timeMs, isInsideClear(limit, value) ? 1 : 0);
}
