import { defined } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { machine, type RandomCommand, type RandomStep, runSteps } from '../runSteps.js';
import type { World } from '../testkit.js';
import { invariants } from './invariants.js';
import { alerts, assetAlerts, batches, batchParts, devices, rules } from './keys.js';
import { lifecycle } from './lifecycle.js';
import {
  ASSET,
  batchOf,
  boundAt,
  DEVICE,
  everyMs,
  handIn,
  MINUTE_MS,
  monitorWorld,
  timeline,
} from './monitorWorld.js';
import type { Reading } from './schema.js';
import { statusCodes } from './statusCodes.js';

const evidence = { hash: `sha256:${'0'.repeat(64)}`, mediaType: 'application/pdf' };
const SEED = 20_261_121;

const valueArbitrary: fc.Arbitrary<Pick<Reading, 'kind' | 'values'>> = fc.oneof(
  fc.integer({ min: -2, max: 12 }).map((value) => temperature(value * 100)),
  fc.integer({ min: -2, max: 12 }).map((value) => temperature(value * 100)),
  fc.constantFrom(0, 1).map((value) => ({ kind: 'TAMPER' as const, values: [value] })),
  fc.constantFrom(0, 1).map((value) => ({ kind: 'DOOR' as const, values: [value] })),
  fc.nat(3).map((value) => ({ kind: 'WEIGHT' as const, values: [value * 60] })),
  fc.nat(3).map((value) => ({ kind: 'HUMIDITY' as const, values: [value * 2_500] })),
  fc.tuple(fc.nat(14), fc.nat(14)).map(([x, y]) => ({ kind: 'POSITION' as const, values: [x, y] })),
);

const readingsArbitrary = fc.array(
  fc.record({
    value: valueArbitrary,
    stepMs: fc.constantFrom(1, 5 * MINUTE_MS, 9 * MINUTE_MS, 20 * MINUTE_MS, -MINUTE_MS),
    skip: fc.constantFrom(0, 0, 0, 0, 2),
  }),
  { minLength: 50, maxLength: 50 },
);

describe('N1: same readings, same alerts', () => {
  it('whatever the batches, and again on a second run', () => {
    let raised = 0;
    const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 50, maxLength: 50 });
    fc.assert(
      fc.property(readingsArbitrary, cuts, (steps, sizes) => {
        const one = play(steps, () => 1);
        const two = play(steps, (at) => sizes[at] ?? 1);
        expect(two).toEqual(one);
        expect(play(steps, (at) => sizes[at] ?? 1)).toEqual(two);
        raised += one.length;
      }),
      { numRuns: 300, seed: SEED },
    );
    expect(raised).toBeGreaterThan(1_000);
  }, 240_000);

  it('the mutation: an alert twice for one episode is noticed', () => {
    const world = walkedWorld();
    handIn(world, everyMs('TAMPER', 1, { seq: 1, time: boundAt(world) }, [1]));
    expect(brokenInvariants(invariants, world)).toEqual([]);
    const found = defined(world.records(alerts)[0], 'an alert');
    world.plant(alerts, ['al_copy'], { ...found, id: 'al_copy' });
    expect(brokenInvariants(invariants, world).join()).toContain('N1');
  });
});

describe('N2: critical alerts are found on their asset', () => {
  it('the mutation: an alert that is not counted is noticed', () => {
    const world = walkedWorld();
    handIn(world, everyMs('TAMPER', 1, { seq: 1, time: boundAt(world) }, [1]));
    world.plant(assetAlerts, [ASSET], { open: 1, openCritical: 0, critical: [] });
    expect(brokenInvariants(invariants, world)).toEqual([`N2: ${ASSET}`]);
  });
});

describe('N3: sequence never repeats', () => {
  it('the mutation: two batches over one number are noticed', () => {
    const world = walkedWorld();
    handIn(world, everyMs('TAMPER', 1, { seq: 1, time: boundAt(world) }, [0, 0, 0]));
    const stored = world.must(batches, ...batchParts(DEVICE, 3));
    world.plant(batches, batchParts(DEVICE, 2), { ...stored, toSeq: 2 });
    expect(brokenInvariants(invariants, world)).toEqual([`N3: ${DEVICE}`]);
  });
});

describe('monitoring under random commands', () => {
  it('keeps N1, N2, N3; states move by the lifecycle only', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(stepArbitrary, { minLength: 50, maxLength: 50 }), (steps) => {
        const report = runSteps(walkedWorld, steps, {
          invariants,
          machines: [
            machine(alerts, {
              ...lifecycle.alert,
              '*': { ...lifecycle.alert['*'], raise_alert: 'RAISED' },
              RAISED: { ...lifecycle.alert.RAISED, clear_alert: 'RESOLVED' },
              ACKED: { ...lifecycle.alert.ACKED, clear_alert: 'RESOLVED' },
              ESCALATED: { ...lifecycle.alert.ESCALATED, clear_alert: 'RESOLVED' },
            }),
            machine(devices, lifecycle.device),
            machine(rules, lifecycle.rule),
          ],
          statusCodes,
        });
        accepted += report.accepted;
        expect(report.problems).toEqual([]);
      }),
      { numRuns: 300, seed: SEED },
    );
    expect(accepted).toBeGreaterThan(3_000);
  }, 240_000);
});

const stepArbitrary: fc.Arbitrary<RandomStep> = fc
  .record({
    what: fc.nat(9),
    value: valueArbitrary,
    ahead: fc.constantFrom(1, 1, 1, 2, 0),
    waitMs: fc.constantFrom(0, MINUTE_MS, 30 * MINUTE_MS, 26 * 60 * MINUTE_MS),
    pick: fc.nat(7),
  })
  .map(({ what, value, ahead, waitMs, pick }): RandomStep => {
    return (world) => {
      const chosen = choose(world, what, { value, ahead, pick });
      return chosen === undefined ? undefined : { ...chosen, waitMs };
    };
  });

function choose(
  world: World,
  what: number,
  by: { readonly value: Pick<Reading, 'kind' | 'values'>; ahead: number; pick: number },
): RandomCommand | undefined {
  const monitoring = { contract: 'monitoring' };
  const device = world.must(devices, DEVICE);
  const found = world.records(alerts);
  const alert = found[by.pick % Math.max(1, found.length)];
  const change = { id: alert?.id ?? 'al_none', expectedVersion: alert?.version ?? 1 };
  const seq = device.lastSeq + by.ahead;
  switch (what) {
    case 0:
      return { alias: 'keeper', ...monitoring, name: 'acknowledge', params: change };
    case 1:
      return { alias: 'bank', ...monitoring, name: 'escalate', params: { id: change.id } };
    case 2:
      return { alias: 'keeper', ...monitoring, name: 'resolve', params: { ...change, evidence } };
    case 3: {
      const name = by.pick % 2 === 0 ? 'raise_alert' : 'clear_alert';
      const episode = `e${by.pick % 3}`;
      const asset = by.pick % 3 === 0 ? ASSET : 'pl_1';
      const owner = name === 'raise_alert' ? { owner: world.id('keeper') } : {};
      const params = { kind: 'LTV_BREACH', asset, episode, ...owner };
      return { alias: 'keeper', contract: 'warehouse-receipt', name, params };
    }
    case 4: {
      const params = { device: DEVICE };
      return { alias: 'bank', ...monitoring, name: 'check_silence', params };
    }
    case 5: {
      const extremes = { kind: by.value.kind, min: by.value.values, max: by.value.values };
      const span = { fromTime: world.nowMs(), toTime: world.nowMs() };
      const kinds = [{ ...extremes, count: 1 }];
      const root = new Uint8Array(32);
      const params = { device: DEVICE, fromSeq: seq, toSeq: seq + 2, root, ...span, kinds };
      return seq < 1
        ? undefined
        : { alias: 'gateway', ...monitoring, name: 'anchor_batch', params };
    }
    default: {
      const reading = { seq: Math.max(1, seq), time: world.nowMs(), ...by.value };
      const params = batchOf([reading]);
      return { alias: 'gateway', ...monitoring, name: 'submit_batch', params };
    }
  }
}

/** A device on a lot with a rule of each kind that takes parameters. */
function walkedWorld(): World {
  const world = monitorWorld();
  const limit = { compare: 'ge', threshold: 800, clear: 600, clearCount: 2 };
  const fence = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 10 },
    { x: 0, y: 10 },
  ];
  const conditions = [
    { kind: 'TEMP_SINGLE', ...limit, durationMs: 10 * MINUTE_MS },
    { kind: 'TEMP_CUMULATIVE', ...limit, durationMs: 30 * MINUTE_MS },
    { kind: 'HUMIDITY', ...limit, threshold: 7_000, clear: 5_000 },
    { kind: 'GEOFENCE', fence, minConsecutive: 2, clearCount: 2 },
    { kind: 'WEIGHT_DELTA', reading: 'WEIGHT', delta: 100, clearDelta: 50, clearCount: 1 },
  ];
  for (const [at, condition] of conditions.entries()) {
    const rule = { id: `rule-${at}`, selector: { asset: ASSET }, severity: 'warning' };
    const params = { ...rule, condition, owner: world.id('keeper') };
    expect(world.submit('bank', 'monitoring', 'set_rule', params).code).toBe('success');
  }
  return world;
}

/** Hands readings in, in batches of the sizes given, and tells what was raised when. */
function play(
  steps: readonly {
    readonly value: Pick<Reading, 'kind' | 'values'>;
    readonly stepMs: number;
    readonly skip: number;
  }[],
  sizeOf: (batch: number) => number,
): string[] {
  const world = walkedWorld();
  const start = boundAt(world);
  const skewMs = Math.max(...world.records(devices).map((device) => device.maxClockSkewMs));
  let seq = 0;
  let time = start;
  let latest = start;
  const readings = steps.map(({ value, stepMs, skip }) => {
    seq += 1 + skip;
    // A clock that went back further would have its batch refused.
    time = Math.max(time + stepMs, start, latest - skewMs);
    latest = Math.max(latest, time);
    return { seq, time, ...value };
  });
  world.setTime(start + 50 * 20 * MINUTE_MS);
  for (let from = 0, batch = 0; from < readings.length; batch += 1) {
    const size = sizeOf(batch);
    expect(handIn(world, readings.slice(from, from + size)).code).toBe('success');
    from += size;
  }
  return timeline(world, start);
}

function temperature(value: number): Pick<Reading, 'kind' | 'values'> {
  return { kind: 'TEMPERATURE', values: [value] };
}
