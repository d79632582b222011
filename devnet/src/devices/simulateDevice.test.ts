import { demoSeed, publicKeyFromSeed } from '@triflow/crypto';
import { areSignedBy, readSignedReadings } from '@triflow/sdk';
import { describe, expect, it } from 'vitest';
import {
  type DeviceFault,
  type DeviceModel,
  deviceModels,
  modelKinds,
  type SimulatedMessage,
  simulateDevice,
} from './simulateDevice.js';

const key = { suite: 'ed25519', publicKey: publicKeyFromSeed(demoSeed('device-1')) };

async function run(model: DeviceModel, faults: DeviceFault[] = []): Promise<SimulatedMessage[]> {
  const list: SimulatedMessage[] = [];
  for await (const message of simulateDevice({
    model,
    device: 'dv_1',
    keyId: 'k1',
    keySeed: demoSeed('device-1'),
    seed: 42,
    startMs: 1_767_574_800_000,
    stepMs: 60_000,
    steps: 6,
    faults,
  })) {
    list.push(message);
  }
  return list;
}

const fault = (kind: DeviceFault['kind']): DeviceFault[] => [{ kind, fromStep: 2, steps: 2 }];
const valuesOf = (list: readonly SimulatedMessage[], kind: string) =>
  list.flatMap(({ readings }) =>
    readings.filter((one) => one.kind === kind).map((one) => one.values),
  );

describe('simulated devices', () => {
  it.each(deviceModels)('%s: the same on every run, signed, in sequence', async (model) => {
    const one = await run(model);
    expect(await run(model)).toEqual(one);
    const seqs = one.flatMap(({ readings }) => readings.map(({ seq }) => seq));
    expect(seqs).toEqual(seqs.map((_, at) => at + 1));
    for (const { text, readings } of one) {
      const read = readSignedReadings(text);
      expect(read.ok && areSignedBy(read.value, key)).toBe(true);
      expect(readings.map(({ kind }) => kind)).toEqual(modelKinds[model]);
    }
  });

  it('gap: numbers are skipped', async () => {
    const seqs = (await run('tank', fault('gap'))).map(({ readings }) => readings[0]?.seq);
    expect(seqs).toEqual([1, 2, 6, 10, 11, 12]);
  });

  it('drift: a tank loses, a box warms up, a cabinet misses tags', async () => {
    const levels = valuesOf(await run('tank', fault('drift')), 'LEVEL').flat();
    expect(Math.min(...levels)).toBeLessThan(11_950);
    const warm = valuesOf(await run('truck', fault('drift')), 'TEMPERATURE').flat();
    expect(Math.max(...warm)).toBeGreaterThanOrEqual(700);
    expect(valuesOf(await run('cabinet', fault('drift')), 'TAG_COUNT').flat()).toContain(46);
  });

  it('tamper: a tag is opened, a cabinet too', async () => {
    const tag = valuesOf(await run('ear-tag', fault('tamper')), 'TAMPER').flat();
    expect(tag).toEqual([0, 0, 1, 1, 0, 0]);
    const door = valuesOf(await run('cabinet', fault('tamper')), 'DOOR').flat();
    expect(door).toEqual([0, 0, 1, 1, 0, 0]);
  });

  it('leave-fence: it goes east, and comes back', async () => {
    const xs = valuesOf(await run('truck', fault('leave-fence')), 'POSITION').map(([x = 0]) => x);
    expect((xs[3] ?? 0) - (xs[1] ?? 0)).toBeGreaterThan(150_000);
    expect(Math.abs((xs[5] ?? 0) - (xs[1] ?? 0))).toBeLessThan(1_001);
  });

  it('replay: the message before once more; forged: another key, the numbers not used up', async () => {
    const replayed = await run('tank', fault('replay'));
    expect(replayed).toHaveLength(8);
    expect(replayed[3]).toEqual(replayed[1]);
    const forged = await run('tank', fault('forged'));
    expect(forged.map(({ genuine }) => genuine)).toEqual([true, true, false, false, true, true]);
    const read = readSignedReadings(forged[2]?.text ?? '');
    expect(read.ok && areSignedBy(read.value, key)).toBe(false);
    expect(forged.at(-1)?.readings[0]?.seq).toBe(4);
  });
});
