import { assert, type TimeMs } from '@triflow/protocol';

/** Beyond every time that four digits of a year can name, before and after 1970. */
const REACH_MS = 1_000_000_000_000_000;
const DIGITS = 16;

/**
 * A time as the value of an index, so that entries lie in the order of time; `down`, in the
 * opposite order, the latest first.
 */
export function timeIndexText(timeMs: TimeMs, direction: 'up' | 'down'): string {
  assert(Math.abs(timeMs) < REACH_MS, `timeIndexText: ${timeMs} is out of reach`);
  const place = direction === 'up' ? REACH_MS + timeMs : REACH_MS - timeMs;
  return String(place).padStart(DIGITS, '0');
}

/** The time that `timeIndexText` wrote; undefined for any other text. */
export function timeFromIndexText(text: string, direction: 'up' | 'down'): TimeMs | undefined {
  if (!/^[0-9]{16}$/.test(text)) return undefined;
  const offsetMs = Number(text) - REACH_MS;
  return direction === 'up' ? offsetMs : 0 - offsetMs;
}
