import { devices } from '@triflow/contracts/schemas';
import { describe, expect, it } from 'vitest';
import { DEVICE, handIn, MINUTE_MS, monitoredWorld } from '../monitoredWorld.js';

/** Domain section 4, "proof or reading reused": the same readings shall not count twice. */
describe('a reading reused', () => {
  const cold = (start: number, firstSeq: number, later = 0) =>
    [0, 1, 2].map((at) => {
      return { seq: firstSeq + at, time: start + later + at * MINUTE_MS, value: 400 };
    });

  it('the same bytes twice: sequence_replayed', () => {
    const world = monitoredWorld();
    const start = world.must(devices, DEVICE).boundAt;
    expect(handIn(world, cold(start, 1)).code).toBe('success');
    expect(handIn(world, cold(start, 1)).code).toBe('sequence_replayed');
  });

  it('old values under a later time but an old number: sequence_replayed', () => {
    const world = monitoredWorld();
    const start = world.must(devices, DEVICE).boundAt;
    expect(handIn(world, cold(start, 1)).code).toBe('success');
    expect(handIn(world, cold(start, 3, 60 * MINUTE_MS)).code).toBe('sequence_replayed');
  });

  it('a number that was skipped cannot be filled in afterwards', () => {
    const world = monitoredWorld();
    const start = world.must(devices, DEVICE).boundAt;
    expect(handIn(world, cold(start, 10)).code).toBe('success');
    expect(handIn(world, cold(start, 5)).code).toBe('sequence_replayed');
  });

  it('old readings under new numbers: clock_skew_too_large', () => {
    const world = monitoredWorld();
    const start = world.must(devices, DEVICE).boundAt;
    expect(handIn(world, cold(start, 1)).code).toBe('success');
    expect(handIn(world, cold(start, 4, 60 * MINUTE_MS)).code).toBe('success');
    expect(handIn(world, cold(start, 7)).code).toBe('clock_skew_too_large');
  });
});
