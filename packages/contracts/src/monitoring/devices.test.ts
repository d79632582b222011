import type { CborMap } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import type { World } from '../testkit.js';
import { monitoring } from './index.js';
import { coverageOf, hasDevice } from './internal.js';
import { assetDevices, batches, batchParts, devices } from './keys.js';
import {
  ASSET,
  batchOf,
  binding,
  boundAt,
  DEVICE,
  emptyMonitorWorld,
  everyMs,
  HOUR_MS,
  handIn,
  MINUTE_MS,
  monitorWorld,
} from './monitorWorld.js';

describe('binding a device', () => {
  let world: World;
  const open = (more: CborMap = {}, by = 'keeper'): string =>
    world.submit(by, 'monitoring', 'bind_device', binding(world, more)).code;

  beforeEach(() => {
    world = emptyMonitorWorld();
  });

  it('takes effect with the signature of the supervisor or lender that relies on it', () => {
    expect(open()).toBe('success');
    expect(world.read(devices, DEVICE)).toBeUndefined();
    expect(world.countersign('gateway', 'monitoring', DEVICE).code).toBe(
      'signer_not_party_to_object',
    );
    expect(world.countersign('bank', 'monitoring', DEVICE).code).toBe('success');
    expect(world.must(devices, DEVICE)).toMatchObject({
      boundTo: ASSET,
      owner: world.id('keeper'),
    });
    expect(hasDevice({ get: world.read }, ASSET)).toBe(true);
  });

  it('wants registered parties of the right roles, different ones', () => {
    expect(open({ party: world.id('gateway') })).toBe('reference_not_found');
    expect(open({ witness: world.id('gateway') })).toBe('reference_not_found');
    expect(open({}, 'bank')).toBe('parties_must_differ');
    expect(open({ expectedVersion: 1 })).toBe('object_not_found');
    const twice = [{ kind: 'DOOR' }, { kind: 'DOOR' }];
    expect(open({ kinds: twice })).toBe('reading_kind_named_twice');
  });

  it('keeps a key to one device, and a device to its key and owner', () => {
    world = monitorWorld();
    expect(open()).toBe('id_already_exists');
    expect(open({ id: 'dv_two' })).toBe('device_party_taken');
    expect(open({ party: world.id('other'), expectedVersion: 1 })).toBe('device_party_differs');
    expect(open({ expectedVersion: 2 })).toBe('object_version_is_stale');
    expect(open({ expectedVersion: 1 }, 'gateway')).toBe('signer_not_party_to_object');
  });

  it('from another asset: the sequence goes on, old readings stay with the old asset', () => {
    world = monitorWorld();
    const start = boundAt(world);
    handIn(world, everyMs('TEMPERATURE', 10 * MINUTE_MS, { seq: 1, time: start }, [4, 4, 4]));
    const moved = binding(world, { asset: 'lt_2', expectedVersion: 1 });
    expect(world.agree(['keeper', 'bank'], 'monitoring', 'bind_device', moved).code).toBe(
      'success',
    );
    const next = { seq: 4, time: boundAt(world) + MINUTE_MS };
    expect(handIn(world, everyMs('TEMPERATURE', 10 * MINUTE_MS, next, [4, 4])).code).toBe(
      'success',
    );
    const context = { get: world.read };
    const old = { asset: ASSET, from: start, to: start + 20 * MINUTE_MS };
    expect(coverageOf(context, old).complete).toBe(true);
    expect(coverageOf(context, { ...old, asset: 'lt_2' }).complete).toBe(false);
    expect(hasDevice(context, ASSET)).toBe(false);
    expect(world.must(devices, DEVICE)).toMatchObject({ binding: 2, lastSeq: 5 });
  });

  it('counts nothing of a new asset that was measured before the device was bound to it', () => {
    world = monitorWorld();
    const early = everyMs(
      'TEMPERATURE',
      MINUTE_MS,
      { seq: 1, time: boundAt(world) - HOUR_MS },
      [9],
    );
    expect(handIn(world, early).code).toBe('success');
    const span = { asset: ASSET, from: boundAt(world) - HOUR_MS, to: boundAt(world) };
    expect(coverageOf({ get: world.read }, span).devices).toEqual([]);
  });

  it('is ended by the owner with the same witness; then nothing is taken', () => {
    world = monitorWorld();
    const params = { id: DEVICE, expectedVersion: 1 };
    const send = (by: string, more: CborMap = {}): string =>
      world.submit(by, 'monitoring', 'unbind_device', { ...params, ...more }).code;
    expect(send('gateway')).toBe('signer_not_party_to_object');
    expect(send('keeper', { expectedVersion: 2 })).toBe('object_version_is_stale');
    expect(send('keeper', { id: 'dv_none' })).toBe('object_not_found');
    expect(world.agree(['keeper', 'bank'], 'monitoring', 'unbind_device', params).code).toBe(
      'success',
    );
    const [ended] = world.must(assetDevices, ASSET).bindings;
    expect(ended?.to).toBe(world.nowMs());
    expect(send('keeper', { expectedVersion: 2 })).toBe('device_not_bound');
    const one = everyMs('TEMPERATURE', 1, { seq: 1, time: world.nowMs() }, [4]);
    expect(handIn(world, one).code).toBe('device_not_bound');
    const silence = { device: DEVICE };
    expect(world.submit('bank', 'monitoring', 'check_silence', silence).code).toBe(
      'device_not_bound',
    );
  });

  it('an asset holds so many live devices, and forgets the oldest that has ended', () => {
    world = monitorWorld();
    const record = world.must(assetDevices, ASSET).bindings;
    const full = Array.from({ length: 16 }, (_, at) => ({
      device: `dv_${at}`,
      binding: 1,
      from: 1,
    }));
    world.plant(assetDevices, ['lt_9'], { bindings: full });
    const there = { asset: 'lt_9', expectedVersion: 1 };
    expect(open(there)).toBe('bound_exceeded');
    const ended = full.map((one) => (one.device === 'dv_3' ? { ...one, to: 2 } : one));
    world.plant(assetDevices, ['lt_9'], { bindings: ended });
    const moved = world.agree(
      ['keeper', 'bank'],
      'monitoring',
      'bind_device',
      binding(world, there),
    );
    expect(moved.code).toBe('success');
    const names = world.must(assetDevices, 'lt_9').bindings.map(({ device }) => device);
    expect(names).toHaveLength(16);
    expect(names).not.toContain('dv_3');
    expect(record).toHaveLength(1);
  });
});

describe('submit_batch', () => {
  let world: World;
  let start: number;
  const readings = (seq: number, values: readonly number[]) =>
    everyMs('TEMPERATURE', MINUTE_MS, { seq, time: start + seq * MINUTE_MS }, values);

  beforeEach(() => {
    world = monitorWorld();
    start = boundAt(world);
  });

  it('is taken from the device and its gateway, from nobody else', () => {
    expect(handIn(world, readings(1, [400]), 'keeper').code).toBe('signer_not_party_to_object');
    expect(handIn(world, readings(1, [400]), 'other').code).toBe('signer_not_party_to_object');
    expect(handIn(world, readings(1, [400]), 'logger').code).toBe('success');
    expect(handIn(world, readings(2, [400]), 'gateway').code).toBe('success');
    expect(
      world.submit('logger', 'monitoring', 'submit_batch', batchOf(readings(3, [1]), 'dv_no')).code,
    ).toBe('object_not_found');
  });

  it('N3: a number that was there before is refused, also in a wider batch', () => {
    handIn(world, readings(1, [400, 410, 420]));
    expect(handIn(world, readings(1, [400, 410, 420])).code).toBe('sequence_replayed');
    expect(handIn(world, readings(3, [420, 430])).code).toBe('sequence_replayed');
    expect(handIn(world, readings(4, [430])).code).toBe('success');
  });

  it('records gaps in the sequence, between batches and inside one', () => {
    handIn(world, [...readings(2, [400]), ...readings(5, [400, 400]), ...readings(9, [400])]);
    const batch = world.must(batches, ...batchParts(DEVICE, 9));
    expect(batch.gaps).toEqual([
      { fromSeq: 1, toSeq: 1 },
      { fromSeq: 3, toSeq: 4 },
      { fromSeq: 7, toSeq: 8 },
    ]);
    handIn(world, readings(11, [400]));
    expect(world.must(batches, ...batchParts(DEVICE, 11)).gaps).toEqual([
      { fromSeq: 10, toSeq: 10 },
    ]);
    expect(world.must(devices, DEVICE)).toMatchObject({ gapsSeen: 4, lastSeq: 11 });
  });

  it('refuses times ahead of the chain or behind the last one by more than the bound', () => {
    const at = (seq: number, time: number) => everyMs('TEMPERATURE', 1, { seq, time }, [400]);
    const send = (seq: number, time: number) =>
      world.submit('gateway', 'monitoring', 'submit_batch', batchOf(at(seq, time))).code;
    const next = world.nowMs() + 1_000;
    expect(send(1, next + 5 * MINUTE_MS + 1)).toBe('clock_skew_too_large');
    expect(send(1, next + 1_000 + 5 * MINUTE_MS)).toBe('success');
    expect(send(2, next + 1_000 - 1)).toBe('clock_skew_too_large');
    expect(send(2, next + 1_000)).toBe('success');
  });

  it('refuses another root, another order, another kind, another form', () => {
    const right = batchOf(readings(1, [400, 410]));
    const send = (more: CborMap) =>
      world.submit('gateway', 'monitoring', 'submit_batch', { ...right, ...more }).code;
    world.setTime(start + 10 * MINUTE_MS);
    expect(send({ root: new Uint8Array(32) })).toBe('batch_root_differs');
    expect(send({ toSeq: 3 })).toBe('batch_is_malformed');
    expect(send(batchOf([...readings(2, [400]), ...readings(1, [400])]))).toBe(
      'batch_is_malformed',
    );
    const level = { seq: 1, time: start, kind: 'LEVEL' as const, values: [1] };
    expect(send(batchOf([level]))).toBe('reading_kind_not_bound');
    const place = { seq: 1, time: start, kind: 'POSITION' as const, values: [1] };
    expect(send(batchOf([place]))).toBe('batch_is_malformed');
    expect(send(batchOf([{ ...place, values: [0, 90 * 10 ** 7 + 1] }]))).toBe('batch_is_malformed');
    expect(send({ fromSeq: 0 })).toBe('params_are_invalid');
    expect(send({})).toBe('success');
  });

  it('a reading is found by its number: the batch with its root and transaction', async () => {
    handIn(world, readings(1, [400, 410, 420]));
    handIn(world, readings(6, [400, 410]));
    const proof = async (seq: number): Promise<unknown> => {
      const { data } = await ask(world, monitoring, 'readingProof', { device: DEVICE, seq });
      const found = data as { batch: { fromSeq: number; toSeq: number } } | null;
      return found === null ? null : [found.batch.fromSeq, found.batch.toSeq];
    };
    expect(await proof(1)).toEqual([1, 3]);
    expect(await proof(3)).toEqual([1, 3]);
    expect(await proof(4)).toBeNull();
    expect(await proof(7)).toEqual([6, 7]);
    expect(await proof(8)).toBeNull();
  });
});

describe('anchor_batch', () => {
  let world: World;
  let start: number;

  beforeEach(() => {
    world = monitorWorld();
    start = boundAt(world);
  });

  const anchor = (more: CborMap = {}) => {
    const kinds = [{ kind: 'HUMIDITY', min: [4_000], max: [6_000], count: 900 }];
    const span = { fromTime: start, toTime: start + MINUTE_MS };
    const root = new Uint8Array(32);
    const params = { device: DEVICE, fromSeq: 1, toSeq: 1_000, root, ...span, kinds, ...more };
    return world.submit('gateway', 'monitoring', 'anchor_batch', params).code;
  };

  it('shares sequence, clock and kinds with submitted batches', () => {
    world.setTime(start + 2 * MINUTE_MS);
    expect(anchor({ device: 'dv_no' })).toBe('object_not_found');
    expect(anchor({ toTime: start + HOUR_MS })).toBe('clock_skew_too_large');
    const level = [{ kind: 'LEVEL', min: [1], max: [2], count: 2 }];
    expect(anchor({ kinds: level })).toBe('reading_kind_not_bound');
    for (const wrong of [
      [{ kind: 'HUMIDITY', min: [2], max: [1], count: 2 }],
      [{ kind: 'HUMIDITY', min: [1], max: [1], count: 1_001 }],
      [{ kind: 'POSITION', min: [1], max: [1], count: 1 }],
      Array.from({ length: 2 }, () => ({ kind: 'HUMIDITY', min: [1], max: [1], count: 1 })),
    ]) {
      expect(anchor({ kinds: wrong })).toBe('batch_is_malformed');
    }
    expect(anchor()).toBe('success');
    expect(anchor()).toBe('sequence_replayed');
    expect(world.must(batches, ...batchParts(DEVICE, 1_000))).toMatchObject({ how: 'anchored' });
  });

  it('counts for no coverage', () => {
    world.setTime(start + 2 * MINUTE_MS);
    const kinds = [{ kind: 'TEMPERATURE', min: [400], max: [500], count: 60 }];
    expect(anchor({ kinds })).toBe('success');
    const span = { asset: ASSET, from: start, to: start + MINUTE_MS };
    expect(coverageOf({ get: world.read }, span)).toMatchObject({ complete: false, devices: [] });
  });
});
