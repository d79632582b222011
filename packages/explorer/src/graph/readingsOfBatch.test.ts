import { describe, expect, it } from 'vitest';
import { readingsOfBatch } from './readingsOfBatch.js';

const device = 'dv_logger';

describe('readings of a batch', () => {
  it('of a submitted one are its values, in their kind’s unit, at their times', () => {
    const readings = [
      { seq: 1, time: 1_000, kind: 'TEMPERATURE', values: [-250] },
      { seq: 2, time: 2_000, kind: 'LEVEL', values: [1_200] },
      { seq: 3, time: 3_000, kind: 'POSITION', values: [1, 2] },
    ];
    expect(readingsOfBatch({ device, readings }, device)).toEqual([
      { timeMs: 1_000, kind: 'TEMPERATURE', value: -2.5, device },
      { timeMs: 2_000, kind: 'LEVEL', value: 1_200, device },
    ]);
  });

  it('of an anchored one are least and greatest, at its ends', () => {
    const kinds = [{ kind: 'TEMPERATURE', min: [200], max: [810], count: 9 }];
    const params = { device, fromTime: 5_000, toTime: 6_000, kinds };
    expect(readingsOfBatch(params, device)).toEqual([
      { timeMs: 5_000, kind: 'TEMPERATURE', value: 2, device },
      { timeMs: 6_000, kind: 'TEMPERATURE', value: 8.1, device },
    ]);
  });

  it.each([
    undefined,
    { device: 'dv_other', readings: [{ time: 1, kind: 'TEMPERATURE', values: [1] }] },
    { device, readings: 7 },
    { device, readings: [{ time: 'x', kind: 'TEMPERATURE', values: [1] }] },
    { device, readings: [{ time: 1, kind: 'toString', values: [1] }] },
    { device, readings: [{ time: 1, kind: 'TEMPERATURE', values: [] }] },
  ])('finds none in %j', (params) => expect(readingsOfBatch(params, device)).toEqual([]));
});
