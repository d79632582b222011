import { beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import type { World } from '../testkit.js';
import { monitoring } from './index.js';
import { type Coverage, coverageOf } from './internal.js';
import { series } from './keys.js';
import {
  ASSET,
  binding,
  boundAt,
  DEVICE,
  everyMs,
  HOUR_MS,
  handIn,
  MINUTE_MS,
  monitorWorld,
  timeline,
} from './monitorWorld.js';

const STEP_MS = 15 * MINUTE_MS;

let world: World;
let start: number;
let seq: number;

beforeEach(() => {
  world = monitorWorld();
  start = boundAt(world);
  seq = 1;
});

function profile(name: string): void {
  const profiled = { profile: name, prefix: 'who', selector: { asset: ASSET } };
  const params = { ...profiled, severity: 'critical', owner: world.id('keeper'), clearCount: 1 };
  expect(world.submit('bank', 'monitoring', 'apply_profile', params).code).toBe('success');
}

/** Values a quarter of an hour apart, from so many minutes after the binding. */
function feed(fromMin: number, values: readonly number[]): void {
  const first = { seq, time: start + fromMin * MINUTE_MS };
  expect(handIn(world, everyMs('TEMPERATURE', STEP_MS, first, values)).code).toBe('success');
  seq += values.length;
}

function covered(fromMin: number, toMin: number): Coverage {
  const span = { from: start + fromMin * MINUTE_MS, to: start + toMin * MINUTE_MS };
  return coverageOf({ get: world.read }, { asset: ASSET, ...span });
}

describe('coverage of a time', () => {
  it('is complete while each reading holds until the next, at most maxGap later', () => {
    feed(0, [400, 400, 400]);
    expect(covered(0, 30)).toMatchObject({ complete: true, gaps: [], devices: [DEVICE] });
    expect(covered(0, 31)).toMatchObject({
      complete: false,
      gaps: [{ from: start + 30 * MINUTE_MS, to: start + 31 * MINUTE_MS }],
    });
    feed(46, [400]);
    expect(covered(0, 46).gaps).toEqual([
      { from: start + 30 * MINUTE_MS, to: start + 46 * MINUTE_MS },
    ]);
    expect(covered(5, 25).complete).toBe(true);
  });

  it('is nothing without a device, and never before the first reading', () => {
    expect(covered(0, 10)).toMatchObject({ complete: false, range: 'not_judged', devices: [] });
    feed(10, [400, 400]);
    expect(covered(0, 20).gaps).toEqual([{ from: start, to: start + 10 * MINUTE_MS }]);
  });

  it('of two devices is what either knows; one that was out of range is enough', () => {
    profile('who-refrigerator');
    const more = binding(world, { id: 'dv_two', party: world.id('other') });
    expect(world.agree(['keeper', 'bank'], 'monitoring', 'bind_device', more).code).toBe('success');
    feed(0, [400, 400, 400]);
    expect(covered(0, 30).range).toBe('in_range');
    const two = { device: 'dv_two', binding: '1' };
    world.plant(series, [two.device, two.binding, 'TEMPERATURE'], {
      covered: [{ from: start + 30 * MINUTE_MS, to: start + 60 * MINUTE_MS }],
    });
    expect(covered(0, 60)).toMatchObject({ complete: true, range: 'not_judged' });
  });

  it('is judged by the rules that were there from its beginning', () => {
    feed(0, [400, 400]);
    expect(covered(0, 15).range).toBe('not_judged');
    profile('who-refrigerator');
    feed(30, [400, 400]);
    expect(covered(0, 45).range).toBe('not_judged');
    expect(covered(30, 45)).toMatchObject({ range: 'in_range', rules: ['who-1', 'who-2'] });
  });

  it('is out of range when a window is filled inside it', async () => {
    profile('who-refrigerator');
    feed(0, [400, -50, -50, -50, -50, -50, 400]);
    expect(covered(0, 90)).toMatchObject({
      complete: true,
      range: 'out_of_range',
      breaches: [{ rule: 'who-2', device: DEVICE, longestMs: 75 * MINUTE_MS }],
    });
    expect(covered(31, 90).range).toBe('in_range');
    const span = { asset: ASSET, t0: start, t1: start + 90 * MINUTE_MS };
    const answer = await ask(world, monitoring, 'coverage', span);
    expect(answer.data).toEqual(covered(0, 90));
    expect(answer.proofRef).toContain(`monitoring/series/${DEVICE}/1/TEMPERATURE`);
  });

  it('beyond what is kept the answer is the worse one (R14)', () => {
    profile('who-refrigerator');
    const flicker = Array.from({ length: 400 }, (_, at) => (at % 2 === 0 ? -50 : 400));
    feed(0, flicker.slice(0, 200));
    feed(200 * 15, flicker.slice(200));
    expect(covered(399 * 15 - 60, 399 * 15).range).toBe('in_range');
    expect(covered(0, 399 * 15).breaches).toEqual([]);
    const { covered: spans } = world.must(series, DEVICE, '1', 'TEMPERATURE');
    expect(spans).toHaveLength(1);
    const gappy = Array.from({ length: 130 }, (_, at) => at * 16);
    for (const [at, minute] of gappy.entries()) {
      const time = start + (6_000 + minute) * MINUTE_MS;
      handIn(world, everyMs('TEMPERATURE', 1, { seq: seq + at, time }, [400]));
    }
    expect(world.must(series, DEVICE, '1', 'TEMPERATURE').covered).toHaveLength(128);
    expect(covered(0, 60).complete).toBe(false);
  });
});

describe('cumulative windows', () => {
  it('start again with a shipment, and last through it', () => {
    const condition = { kind: 'TEMP_CUMULATIVE', compare: 'ge', threshold: 3_000, clearCount: 1 };
    const rule = { id: 'sum', selector: { asset: ASSET }, severity: 'critical' };
    const timed = { ...condition, durationMs: HOUR_MS };
    const params = { ...rule, condition: timed, owner: world.id('keeper') };
    expect(world.submit('bank', 'monitoring', 'set_rule', params).code).toBe('success');
    feed(0, [3_000, 3_000, 400, 3_000, 3_000]);
    expect(timeline(world, start)).toEqual([]);
    world.setTime(start + 70 * MINUTE_MS - 1_000);
    expect(world.submit('keeper', 'trace', 'begin_shipment', { asset: ASSET }).code).toBe(
      'success',
    );
    feed(75, [3_000, 3_000, 3_000, 400, 400, 400, 400]);
    expect(timeline(world, start)).toEqual([]);
    feed(180, [3_000, 3_000]);
    const [line] = timeline(world, start);
    expect(line).toContain('TEMP_CUMULATIVE sum dv_logger.1.1 critical');
    expect(line).toContain('open');
    world.submit('keeper', 'trace', 'begin_shipment', { asset: ASSET });
    feed(210, [400]);
    expect(timeline(world, start)[0]).not.toContain('open');
  });
});
