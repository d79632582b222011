import { localeName } from './amounts.js';

const DAY_MS = 86_400_000;
const BEIJING_MS = 8 * 3_600_000;

/** A moment to the second, in the reader's own time zone. */
export function timeText(time: string | number): string {
  const format = new Intl.DateTimeFormat(localeName(), {
    dateStyle: 'medium',
    timeStyle: 'medium',
  });
  return format.format(new Date(time));
}

/** The time of day alone. */
export function clockText(time: string | number): string {
  return new Intl.DateTimeFormat(localeName(), { timeStyle: 'medium' }).format(new Date(time));
}

/** A moment on an axis, as finely as the axis is long; calendar days keep their own date. */
export function axisTimeText(timeMs: number, spanMs: number, dated: boolean): string {
  const isDays = spanMs >= 2 * DAY_MS;
  const format = new Intl.DateTimeFormat(localeName(), {
    ...(dated ? { timeZone: 'UTC' } : {}),
    ...(isDays || spanMs >= DAY_MS ? { day: 'numeric', month: 'short' } : {}),
    ...(isDays ? {} : { hour: '2-digit', minute: '2-digit' }),
    ...(spanMs < 600_000 ? { second: '2-digit' } : {}),
  });
  return format.format(timeMs);
}

/** A calendar day of Beijing, from `2026-11-21` or the number of days since 1970. */
export function dayText(day: string | number): string {
  const time = typeof day === 'number' ? day * DAY_MS : Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(time)) return String(day);
  const format = new Intl.DateTimeFormat(localeName(), { dateStyle: 'medium', timeZone: 'UTC' });
  return format.format(time);
}

/** A length of time in its largest fitting unit: `2 days`, `1.5 s`. */
export function durationText(ms: number): string {
  const steps: readonly (readonly [string, number])[] = [
    ['day', DAY_MS],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1_000],
  ];
  for (const [unit, size] of steps) {
    if (Math.abs(ms) < size) continue;
    const format = new Intl.NumberFormat(localeName(), {
      style: 'unit',
      unit,
      unitDisplay: 'long',
      maximumFractionDigits: 1,
    });
    return format.format(ms / size);
  }
  const format = new Intl.NumberFormat(localeName(), { style: 'unit', unit: 'millisecond' });
  return format.format(Math.round(ms));
}

/** How long ago: `3 minutes ago`. */
export function agoText(time: string | number, nowMs: number): string {
  const ms = new Date(time).getTime() - nowMs;
  const format = new Intl.RelativeTimeFormat(localeName(), { numeric: 'auto' });
  const seconds = Math.round(ms / 1_000);
  if (Math.abs(seconds) < 60) return format.format(seconds, 'second');
  if (Math.abs(seconds) < 3_600) return format.format(Math.round(seconds / 60), 'minute');
  if (Math.abs(seconds) < 86_400) return format.format(Math.round(seconds / 3_600), 'hour');
  return format.format(Math.round(seconds / 86_400), 'day');
}

/** The day in Beijing on which a moment fell, as `YYYY-MM-DD`. */
export function beijingDay(time: string | number): string {
  return new Date(new Date(time).getTime() + BEIJING_MS).toISOString().slice(0, 10);
}
