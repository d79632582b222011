import { describe, expect, it } from 'vitest';
import {
  addMonths,
  dateFromDay,
  dayFromDate,
  dayFromText,
  dayFromTime,
  endOfDay,
  nextBusinessDay,
  textFromDay,
  textFromTime,
  timeFromText,
} from './time.js';

const day = (text: string): number => dayFromText(text) ?? -1;

describe('Beijing days', () => {
  it('a day begins at 16:00 UTC of the day before', () => {
    const midnight = timeFromText('2026-03-01T00:00:00+08:00');
    expect(midnight.ok && dayFromTime(midnight.value)).toBe(day('2026-03-01'));
    expect(midnight.ok && dayFromTime(midnight.value - 1)).toBe(day('2026-02-28'));
    expect(dayFromTime(endOfDay(day('2026-03-01')) - 1)).toBe(day('2026-03-01'));
  });

  it('every day of four centuries comes back', () => {
    for (let d = day('1800-01-01'); d < day('2200-12-31'); d += 1) {
      expect(dayFromDate(dateFromDay(d))).toBe(d);
    }
  });

  it('Civil Code 202: 31 January and a month is the last day of February', () => {
    expect(textFromDay(addMonths(day('2026-01-31'), 1))).toBe('2026-02-28');
    expect(textFromDay(addMonths(day('2028-01-31'), 1))).toBe('2028-02-29');
    expect(textFromDay(addMonths(day('2026-11-30'), 15))).toBe('2028-02-29');
    expect(textFromDay(addMonths(day('2026-03-15'), -14))).toBe('2025-01-15');
  });

  it('Civil Code 203: a period that ends on a holiday ends on the next day that is none', () => {
    const holidays = new Set([day('2026-10-01'), day('2026-10-02')]);
    expect(textFromDay(nextBusinessDay(day('2026-10-01'), holidays))).toBe('2026-10-03');
  });

  it.each(['2026-02-29', '2026-13-01', '2026-00-10', '26-01-01', '2026-1-1', '2026-01-32'])(
    '%s is no day',
    (text) => expect(dayFromText(text)).toBeUndefined(),
  );
});

describe('times', () => {
  it('RFC 3339 comes back in UTC with milliseconds', () => {
    const read = timeFromText('2026-03-01T15:30:00.0026+08:00');
    expect(read.ok && textFromTime(read.value)).toBe('2026-03-01T07:30:00.002Z');
  });

  it.each([
    '2026-03-01T15:30:00',
    '2026-03-01 15:30:00Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T10:60:00Z',
    '2026-02-30T10:00:00Z',
    '2026-03-01T10:00:00+15:00',
    '2026-03-01T10:00:00+14:30',
    '',
  ])('%s is no time', (text) => expect(timeFromText(text).ok).toBe(false));
});
