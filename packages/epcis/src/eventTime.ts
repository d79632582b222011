import { dayFromDate, type TimeMs, textFromTime } from '@triflow/protocol';

const DATE = '([0-9]{4})-([0-9]{2})-([0-9]{2})';
const CLOCK = '([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\\.([0-9]+))?';
const TIME = new RegExp(`^${DATE}[Tt]${CLOCK}([Zz]|[+-][0-9]{2}:[0-9]{2})$`);
const DAY_MS = 86_400_000;
const FIRST_MS = -62_167_219_200_000;
const AFTER_LAST_MS = 253_402_300_800_000;

/**
 * Milliseconds since 1970 of an RFC 3339 time with a zone, any number of decimals, rounded by the
 * fourth (design section 5.5). Undefined for anything else, a leap second, or a moment whose UTC
 * year has not four digits. Unlike protocol's reader, which cuts and stays within real zones.
 */
export function timeMsFromText(text: string): TimeMs | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, date, hour, minute, second, fraction = '', zone = ''] = match;
  const day = dayFromDate({ year: Number(year), month: Number(month), day: Number(date) });
  const offset = zoneMinutes(zone);
  const clock = { hour: Number(hour), minute: Number(minute), second: Number(second) };
  if (day === undefined || offset === undefined) return undefined;
  if (clock.hour > 23 || clock.minute > 59 || clock.second > 59) return undefined;
  const minutes = clock.hour * 60 + clock.minute - offset;
  const ms = day * DAY_MS + minutes * 60_000 + clock.second * 1_000 + roundedMs(fraction);
  return ms >= FIRST_MS && ms < AFTER_LAST_MS ? ms : undefined;
}

/** The time in UTC with three decimals; undefined where `timeMsFromText` gives none. */
export function utcText(text: string): string | undefined {
  const ms = timeMsFromText(text);
  return ms === undefined ? undefined : textFromTime(ms);
}

function roundedMs(fraction: string): number {
  const padded = fraction.padEnd(4, '0');
  return Number(padded.slice(0, 3)) + (padded.charCodeAt(3) >= 53 ? 1 : 0);
}

function zoneMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
