import { describe, expect, it } from 'vitest';
import { readingsOf } from './temperature.js';

describe('temperatures in sensor reports', () => {
  it('reads values, least and greatest, in three units, at the time of report or event', () => {
    const event = {
      eventTime: '2026-01-01T00:00:00Z',
      sensorElementList: [
        {
          sensorMetadata: { time: '2026-01-01T01:00:00Z', deviceID: 'd' },
          sensorReport: [
            { type: 'Temperature', value: 4.5, uom: 'CEL' },
            { type: 'gs1:Temperature', minValue: 32, maxValue: 212, uom: 'FAH' },
            { type: 'AbsoluteHumidity', value: 9, uom: 'A93' },
          ],
        },
        { sensorReport: [{ type: 'Temperature', value: 273.15, uom: 'KEL' }] },
      ],
    };
    expect(readingsOf(event).map(({ celsius }) => celsius)).toEqual([4.5, 0, 100, 0]);
    expect(readingsOf(event)[0]).toMatchObject({ device: 'd', timeMs: 1_767_229_200_000 });
    expect(readingsOf(event)[3]?.timeMs).toBe(1_767_225_600_000);
  });

  it.each([undefined, null, 1, {}, { sensorElementList: 1 }, { sensorElementList: [{}] }])(
    'finds none in %j',
    (event) => expect(readingsOf(event)).toEqual([]),
  );

  it('leaves out what has an unknown unit, no number or no time', () => {
    const report = (members: object, eventTime = '2026-01-01T00:00:00Z') => ({
      eventTime,
      sensorElementList: [{ sensorReport: [{ type: 'Temperature', ...members }] }],
    });
    expect(readingsOf(report({ value: 1, uom: 'XYZ' }))).toEqual([]);
    expect(readingsOf(report({ value: 'x' }))).toEqual([]);
    expect(readingsOf(report({ value: 1 }, 'never'))).toEqual([]);
  });
});
