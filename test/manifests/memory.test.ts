import { describe, expect, it } from 'vitest';
import {
  FLAT_MIB_PER_HOUR,
  liveGrowth,
  type MemoryReport,
  type MemorySample,
  memoryFaults,
  slopeAfterWarmUp,
  WARM_UP_SECONDS,
} from './memory.js';

const MIB = 1_048_576;

/** A sample each half minute, every tenth after a collection, as the probe takes them. */
function samples(seconds: number, liveMib: (atSeconds: number) => number): MemorySample[] {
  return Array.from({ length: seconds / 30 }, (_, turn) => {
    const atSeconds = 30 + turn * 30;
    const collected = turn % 10 === 0;
    const external = 10 * MIB;
    const heapUsed = (liveMib(atSeconds) - 10 + (collected ? 0 : (turn % 7) * 5)) * MIB;
    const own = (100 + liveMib(atSeconds)) * MIB;
    const rest = { pid: 1, arrayBuffers: 0, rss: 2 * own };
    return { ...rest, atSeconds, collected, heapUsed, external, own };
  });
}

describe('live memory', () => {
  it('that leaks steadily is told by the hour, whatever lies between the collections', () => {
    expect(liveGrowth(samples(3_600, (at) => 60 + at / 60))).toBeCloseTo(60, 0);
  });

  it('that rises in the warm-up and stays is flat', () => {
    expect(liveGrowth(samples(3_600, (at) => 50 + Math.min(at, WARM_UP_SECONDS) / 10))).toBe(0);
  });

  it('is not judged by one collection that met a busy moment', () => {
    const spike = (at: number) => 60 + (at > 3_000 && at < 3_200 ? 300 : 0);
    expect(liveGrowth(samples(3_600, spike))).toBe(0);
  });

  it('of a life shorter than half an hour after its warm-up is not told', () => {
    expect(liveGrowth(samples(1_500, () => 60))).toBeNull();
    expect(liveGrowth([])).toBeNull();
  });

  it('fails a run when it is judged and grows, and then only', () => {
    const life = (liveGrowthMibPerHour: number | null): MemoryReport => {
      const rest = { liveMib: [], ownMib: null, ownSlopeMibPerHour: null, samples: [] };
      return { nodeId: 'v1', pid: 1, seconds: 3_600, liveGrowthMibPerHour, ...rest };
    };
    expect(memoryFaults([life(FLAT_MIB_PER_HOUR), life(null), life(-40)])).toEqual([]);
    expect(memoryFaults([life(FLAT_MIB_PER_HOUR + 1)])).toEqual([
      'memory of v1 grew by 13 MiB an hour in 3600 s',
    ]);
  });
});

describe('the slope of resident memory', () => {
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
