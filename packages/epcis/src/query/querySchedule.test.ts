import { describe, expect, it } from 'vitest';
import { timeMsFromText } from '../eventTime.js';
import { isScheduled, readSchedule } from './querySchedule.js';

const at = (text: string): number => timeMsFromText(text) ?? expect.fail(text);

function runs(members: Record<string, string>, text: string): boolean {
  const schedule = readSchedule(members, '/schedule');
  if (!schedule.ok) expect.fail(JSON.stringify(schedule.fault));
  return isScheduled(schedule.value, at(text));
}

describe('a schedule', () => {
  it.each<[Record<string, string>, string]>([
    [{ second: '0' }, '2026-03-01T07:30:00.999Z'],
    [{ second: '0', minute: '0,15,30', hour: '7' }, '2026-03-01T15:30:00+08:00'],
    [{ second: '[0-5]', dayOfMonth: '1', month: '3' }, '2026-03-01T00:00:05Z'],
    [{ dayOfWeek: '7' }, '2026-03-01T12:00:00Z'],
    [{ dayOfWeek: '[1-5]' }, '2026-03-02T12:00:00Z'],
    [{ second: '*', minute: '59' }, '1969-12-31T23:59:59Z'],
  ])('%j runs at %s', (members, text) => {
    expect(runs(members, text)).toBe(true);
  });

  it.each<[Record<string, string>, string]>([
    [{ second: '0' }, '2026-03-01T07:30:01Z'],
    [{ second: '0', hour: '7' }, '2026-03-01T08:30:00Z'],
    [{ dayOfWeek: '[1-5]' }, '2026-03-01T12:00:00Z'],
    [{ month: '4' }, '2026-03-31T23:59:59Z'],
  ])('%j does not run at %s', (members, text) => {
    expect(runs(members, text)).toBe(false);
  });

  it.each<[Record<string, string>, string]>([
    [{}, '/schedule'],
    [{ second: '60' }, '/schedule/second'],
    [{ second: '' }, '/schedule/second'],
    [{ minute: '1-5' }, '/schedule/minute'],
    [{ minute: '[5-1]' }, '/schedule/minute'],
    [{ hour: '1,,2' }, '/schedule/hour'],
    [{ month: '0' }, '/schedule/month'],
    [{ dayOfWeek: 'MON' }, '/schedule/dayOfWeek'],
    [{ year: '2026' }, '/schedule/year'],
    [{ constructor: '1' }, '/schedule/constructor'],
  ])('%j is refused with its place', (members, path) => {
    const schedule = readSchedule(members, '/schedule');
    expect(schedule).toMatchObject({ ok: false, fault: [{ code: 'schedule_malformed', path }] });
  });
});
