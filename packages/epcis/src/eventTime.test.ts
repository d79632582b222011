import { timeFromText } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeMsFromText, utcText } from './eventTime.js';

fc.configureGlobal({ seed: 20_261_121 });

describe('utcText', () => {
  it.each([
    ['2026-03-01T15:30:00.0026+08:00', '2026-03-01T07:30:00.003Z'],
    ['2020-04-01T15:00:00+01:00', '2020-04-01T14:00:00.000Z'],
    ['2022-02-16T20:33:31.116000-06:00', '2022-02-17T02:33:31.116Z'],
    ['2023-02-02T11:04:03.1414Z', '2023-02-02T11:04:03.141Z'],
    ['2023-02-02T11:04:03.1415Z', '2023-02-02T11:04:03.142Z'],
    ['2023-02-02T11:04:03.14149999999999999999Z', '2023-02-02T11:04:03.141Z'],
    ['2019-12-31T23:59:59.9996Z', '2020-01-01T00:00:00.000Z'],
    ['2020-02-28T23:30:00.5-01:00', '2020-02-29T00:30:00.500Z'],
    ['2020-01-01t00:00:00z', '2020-01-01T00:00:00.000Z'],
    ['1969-12-31T23:59:59.9Z', '1969-12-31T23:59:59.900Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.9994Z', '9999-12-31T23:59:59.999Z'],
    ['2020-01-01T00:00:00+23:59', '2019-12-31T00:01:00.000Z'],
  ])('%s is %s', (text, utc) => {
    expect(utcText(text)).toBe(utc);
  });

  it.each([
    '',
    '22-07-2026',
    '2026-07-22',
    '2026-07-22T10:00Z',
    '2026-07-22T10:00:00',
    '2026-07-22 10:00:00Z',
    '2026-07-22T10:00:00.Z',
    '2026-07-22T10:00:00,5Z',
    '2026-02-29T10:00:00Z',
    '2026-13-01T10:00:00Z',
    '2026-07-22T24:00:00Z',
    '2026-07-22T10:60:00Z',
    '2016-12-31T23:59:60Z',
    '2026-07-22T10:00:00+24:00',
    '2026-07-22T10:00:00+08:60',
    '2026-07-22T10:00:00+0800',
    '2026-07-22T10:00:00Z ',
    '+2026-07-22T10:00:00Z',
    '0000-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59.9995Z',
  ])('%j is no time', (text) => {
    expect(utcText(text)).toBeUndefined();
  });

  it('agrees with the reader of the ledger wherever no rounding is asked', () => {
    const times = fc
      .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2200-01-01T00:00:00Z') })
      .filter((date) => !Number.isNaN(date.getTime()));
    fc.assert(
      fc.property(times, (date) => {
        const text = date.toISOString();
        const read = timeFromText(text);
        expect(read.ok && read.value).toBe(timeMsFromText(text));
        expect(utcText(text)).toBe(text);
      }),
    );
  });
});
