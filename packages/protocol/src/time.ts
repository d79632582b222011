import { divideFloor } from './money.js';
import { failure, type Result, success } from './result.js';

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type TimeMs = number;
/** Days since 1970-01-01 of the Beijing date. */
export type Day = number;

const DAY_MS = 86_400_000;
const BEIJING_MS = 8 * 3_600_000;
const TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The Beijing day of a moment: floor((time + 8 h) / 24 h). */
export function dayFromTime(timeMs: TimeMs): Day {
  return Math.floor((timeMs + BEIJING_MS) / DAY_MS);
}

/** The moment at which a Beijing day ends (24:00). */
export function endOfDay(day: Day): TimeMs {
  return (day + 1) * DAY_MS - BEIJING_MS;
}

/** Day number of a Gregorian date; undefined when there is no such date. */
export function dayFromDate(date: CalendarDate): Day | undefined {
  const { year, month, day } = date;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Gregorian date of a day number. */
export function dateFromDay(day: Day): CalendarDate {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 };
}

/** Days of a month in the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/**
 * The day a number of months later: same day number, else the last day of the month
 * (Civil Code 202).
 */
export function addMonths(day: Day, months: number): Day {
  const date = dateFromDay(day);
  const zeroBased = date.year * 12 + (date.month - 1) + months;
  const year = Math.floor(zeroBased / 12);
  const month = zeroBased - year * 12 + 1;
  const last = Math.min(date.day, daysInMonth(year, month));
  return dayFromDate({ year, month, day: last }) as Day;
}

/** The next day that is not in the list of holidays (Civil Code 203). */
export function nextBusinessDay(day: Day, holidays: ReadonlySet<Day>): Day {
  let next = day;
  while (holidays.has(next)) next += 1;
  return next;
}

/** `YYYY-MM-DD`. */
export function textFromDay(day: Day): string {
  const date = dateFromDay(day);
  return `${pad(date.year, 4)}-${pad(date.month, 2)}-${pad(date.day, 2)}`;
}

/** Reads `YYYY-MM-DD`; undefined for anything else. */
export function dayFromText(text: string): Day | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [, year, month, day] = match;
  return dayFromDate({ year: Number(year), month: Number(month), day: Number(day) });
}

/** RFC 3339 in UTC with milliseconds. */
export function textFromTime(timeMs: TimeMs): string {
  const day = Math.floor(timeMs / DAY_MS);
  const rest = timeMs - day * DAY_MS;
  const hours = Math.floor(rest / 3_600_000);
  const minutes = Math.floor(rest / 60_000) % 60;
  const seconds = Math.floor(rest / 1_000) % 60;
  const clock = `${pad(hours, 2)}:${pad(minutes, 2)}:${pad(seconds, 2)}.${pad(rest % 1_000, 3)}`;
  return `${textFromDay(day)}T${clock}Z`;
}

/** Reads an RFC 3339 time with a zone; finer digits than milliseconds are cut off. */
export function timeFromText(text: string): Result<TimeMs> {
  const match = TIME.exec(text);
  if (match === null) return failure('time_malformed', 'not an RFC 3339 time with a zone');
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const date = dayFromDate({ year: Number(year), month: Number(month), day: Number(day) });
  const offset = zoneMinutes(zone as string);
  if (date === undefined || offset === undefined) {
    return failure('time_malformed', 'no such date or zone');
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return failure('time_malformed', 'no such time of day');
  }
  const millis = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  const minutes = Number(hour) * 60 + Number(minute) - offset;
  return success(date * DAY_MS + minutes * 60_000 + Number(second) * 1_000 + millis);
}

function zoneMinutes(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 14 || minutes > 59 || (hours === 14 && minutes > 0)) return undefined;
  const total = hours * 60 + minutes;
  return zone.startsWith('-') ? -total : total;
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** Whole days between two moments, floored. */
export function daysBetween(fromMs: TimeMs, toMs: TimeMs): number {
  return Number(divideFloor(BigInt(toMs - fromMs), BigInt(DAY_MS)));
}
