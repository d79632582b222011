import { describe, expect, it } from 'vitest';
import { slopeAfterWarmUp, WARM_UP_SECONDS } from './memory.js';

const MIB = 1_048_576;

function samples(seconds: number, mibAt: (atSeconds: number) => number) {
  return Array.from({ length: seconds / 10 + 1 }, (_, at) => {
    return { atSeconds: 50 + at * 10, bytes: mibAt(at * 10) * MIB };
  });
}

describe('the slope of memory', () => {
  it('is what a steady leak loses in an hour', () => {
    expect(slopeAfterWarmUp(samples(3_600, (at) => 100 + at / 360))).toBeCloseTo(10, 1);
  });

  it('does not count the warm-up', () => {
    const warming = samples(3_600, (at) => 100 + Math.min(at, WARM_UP_SECONDS));
    expect(slopeAfterWarmUp(warming)).toBe(0);
  });

  it('is not told of a short life', () => {
    expect(slopeAfterWarmUp(samples(600, () => 100))).toBeNull();
    expect(slopeAfterWarmUp([])).toBeNull();
  });
});
