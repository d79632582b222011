import { dateFromDay, joinPointer, type Result, success, type TimeMs } from '@triflow/protocol';
import { addFault, type EpcisFault } from '../faults.js';

/** When a subscription's query runs (EPCIS 2.0 section 8.2.5.3), in UTC. */
export type QuerySchedule = Readonly<Record<ScheduleField, ReadonlySet<number> | undefined>>;

export type ScheduleField = 'second' | 'minute' | 'hour' | 'dayOfMonth' | 'month' | 'dayOfWeek';

/** The numbers of each field; of the week's days 1 is Monday and 7 Sunday. */
const ranges: Readonly<Record<ScheduleField, readonly [first: number, last: number]>> = {
  second: [0, 59],
  minute: [0, 59],
  hour: [0, 23],
  dayOfMonth: [1, 31],
  month: [1, 12],
  dayOfWeek: [1, 7],
};
const PART = /^(?:([0-9]{1,2})|\[([0-9]{1,2})-([0-9]{1,2})\])$/;
const DAY_MS = 86_400_000;
/** 1 January 1970 was a Thursday. */
const FIRST_DAY_OF_WEEK = 3;

/**
 * Reads a schedule: each field a number, a range `[1-5]`, or several with commas; a field that is
 * left out, or `*`, takes any. Faults: `schedule_malformed` with the field's pointer.
 */
export function readSchedule(
  members: Readonly<Record<string, string>>,
  path: string,
): Result<QuerySchedule, readonly EpcisFault[]> {
  const faults: EpcisFault[] = [];
  const schedule: Record<string, ReadonlySet<number> | undefined> = {};
  for (const field of Object.keys(ranges)) schedule[field] = undefined;
  for (const [name, text] of Object.entries(members)) {
    const range = isField(name) ? ranges[name] : undefined;
    const values = range && valuesOf(text, range);
    if (values === undefined) {
      const message = range === undefined ? 'no such field' : `${range[0]} to ${range[1]}`;
      addFault(faults, 'schedule_malformed', joinPointer(path, name), message);
    } else {
      schedule[name] = values === 'any' ? undefined : values;
    }
  }
  if (Object.keys(members).length === 0) {
    addFault(faults, 'schedule_malformed', path, 'a schedule names at least one field');
  }
  return faults.length > 0 ? { ok: false, fault: faults } : success(schedule as QuerySchedule);
}

/** Whether a schedule names the second of a time. */
export function isScheduled(schedule: QuerySchedule, timeMs: TimeMs): boolean {
  const day = Math.floor(timeMs / DAY_MS);
  const second = Math.floor((timeMs - day * DAY_MS) / 1_000);
  const date = dateFromDay(day);
  const now: Readonly<Record<ScheduleField, number>> = {
    second: second % 60,
    minute: Math.floor(second / 60) % 60,
    hour: Math.floor(second / 3_600),
    dayOfMonth: date.day,
    month: date.month,
    dayOfWeek: ((((day + FIRST_DAY_OF_WEEK) % 7) + 7) % 7) + 1,
  };
  return Object.entries(now).every(([name, value]) => {
    return !isField(name) || (schedule[name]?.has(value) ?? true);
  });
}

function valuesOf(
  text: string,
  [first, last]: readonly [number, number],
): ReadonlySet<number> | 'any' | undefined {
  if (text === '*') return 'any';
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [, only, from, to] = PART.exec(part.trim()) ?? [];
    const start = Number(only ?? from ?? -1);
    const end = Number(only ?? to ?? -1);
    if (start < first || end > last || start > end) return undefined;
    for (let value = start; value <= end; value += 1) values.add(value);
  }
  return values;
}

function isField(name: string): name is ScheduleField {
  return Object.hasOwn(ranges, name);
}
