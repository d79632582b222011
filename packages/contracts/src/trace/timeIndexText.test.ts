import { compareText } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { timeFromIndexText, timeIndexText } from './timeIndexText.js';

const times = [-62_167_219_200_000, -1, 0, 1, 1_772_409_600_000, 253_402_300_799_999];

describe('a time in an index', () => {
  it.each(times)('%i comes back', (timeMs) => {
    expect(timeFromIndexText(timeIndexText(timeMs, 'up'), 'up')).toBe(timeMs);
    expect(timeFromIndexText(timeIndexText(timeMs, 'down'), 'down')).toBe(timeMs);
  });

  it('lies in the order of time, or against it', () => {
    const up = times.map((timeMs) => timeIndexText(timeMs, 'up'));
    const down = times.map((timeMs) => timeIndexText(timeMs, 'down'));
    expect([...up].sort(compareText)).toEqual(up);
    expect([...down].sort(compareText)).toEqual(down.reverse());
  });

  it.each(['', '1', 'x'.repeat(16), '1'.repeat(17)])('%s is no time', (text) => {
    expect(timeFromIndexText(text, 'up')).toBeUndefined();
  });
});
