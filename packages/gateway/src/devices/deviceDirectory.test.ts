import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError } from '@triflow/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DeviceReader, openDirectory } from './deviceDirectory.js';

const FRESH_MS = 30_000;
const AWAY_MS = 5_000;

let folder: string;
let nowMs: number;
let isAway: boolean;
let asked: string[];
let keyInForce: string;
/** How often somebody was asked who is away, and whether an answer hangs. */
let tries: number;
let isHanging: boolean;
let answerLate: () => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triflow-directory-'));
  nowMs = 1_000_000;
  isAway = false;
  asked = [];
  keyInForce = 'now';
  tries = 0;
  isHanging = false;
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A chain on which every device but `dv_none` is bound, with one key of three in force. */
const chain = {
  devices: {
    get: async (id: string) => {
      if (isAway) tries += 1;
      if (isHanging) await new Promise<void>((resolve) => (answerLate = resolve));
      if (isAway) throw new CodedError('TRANSPORT_FAILED', 'away');
      asked.push(id);
      const kinds = [{ kind: 'LEVEL' }];
      const device = { party: `dev:${id}`, boundTo: 'lt_1', kinds, maxClockSkewMs: 5, lastSeq: 7 };
      return { data: id === 'dv_none' ? null : device, height: 10 };
    },
  },
  parties: {
    get: async () => ({ data: { keyIds: ['old', 'now', 'later'] } }),
    getKey: async ({ keyId }: { keyId: string }) => {
      const others = { old: [1, 10], now: [1, 10], later: [12, undefined] } as const;
      const isNow = keyId === keyInForce;
      const [fromHeight, toHeight] = isNow ? [11, undefined] : others[keyId as keyof typeof others];
      const publicKey = new Uint8Array([1, 2]);
      return { data: { suite: 'ed25519', publicKey, fromHeight, toHeight } };
    },
  },
} as unknown as DeviceReader;

const open = () => openDirectory(chain, join(folder, 'devices.json'), () => nowMs);

describe('the directory of devices', () => {
  it('knows the keys in force at the next height, not the one that ended or comes', async () => {
    const found = await (await open()).find('dv_1');
    expect(found?.keys.map(({ keyId }) => keyId)).toEqual(['now']);
    expect(found).toMatchObject({ bound: true, kinds: ['LEVEL'], lastSeq: 7 });
  });

  it('asks once for those that ask together, and again when it is old', async () => {
    const directory = await open();
    await Promise.all(Array.from({ length: 20 }, () => directory.find('dv_1')));
    expect(asked).toEqual(['dv_1']);
    await directory.find('dv_1');
    nowMs += FRESH_MS;
    await directory.find('dv_1');
    expect(asked).toEqual(['dv_1', 'dv_1']);
  });

  it('learns many devices at once, and keeps them over a restart without a chain', async () => {
    const directory = await open();
    const ids = Array.from({ length: 30 }, (_, at) => `dv_${at}`);
    await Promise.all(ids.map((id) => directory.find(id)));
    isAway = true;
    const again = await open();
    for (const id of ids) expect((await again.find(id))?.id).toBe(id);
    await expect(again.find('dv_new')).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' });
  });

  it('a key that took the place of another is kept, too', async () => {
    const directory = await open();
    await directory.find('dv_1');
    keyInForce = 'later';
    await directory.refresh('dv_1');
    isAway = true;
    const again = await (await open()).find('dv_1');
    expect(again?.keys.map(({ keyId }) => keyId)).toEqual(['later']);
  });

  it('what has to be known now is not answered from yesterday', async () => {
    const directory = await open();
    await directory.find('dv_1');
    nowMs += 5_000;
    isAway = true;
    expect((await directory.find('dv_1'))?.id).toBe('dv_1');
    await expect(directory.findNow('dv_1')).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' });
    isAway = false;
    nowMs += AWAY_MS;
    await directory.findNow('dv_1');
    await directory.findNow('dv_1');
    expect(asked).toEqual(['dv_1', 'dv_1']);
  });

  it('while nobody answers no message waits for a try, and one is made beside the work', async () => {
    const directory = await open();
    await directory.find('dv_1');
    isAway = true;
    nowMs += FRESH_MS;
    await directory.find('dv_1');
    expect(tries).toBe(1);
    for (let at = 0; at < 100; at += 1) await directory.find('dv_1');
    await expect(directory.find('dv_new')).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' });
    expect(tries).toBe(1);
    nowMs += AWAY_MS;
    isHanging = true;
    for (let at = 0; at < 100; at += 1) expect((await directory.find('dv_1'))?.id).toBe('dv_1');
    expect(tries).toBe(2);
    isAway = false;
    isHanging = false;
    answerLate();
    await directory.refresh('dv_1');
    await directory.find('dv_new');
    expect(asked).toEqual(['dv_1', 'dv_1', 'dv_new']);
  });

  it('a device that is not there is soon asked for again', async () => {
    const directory = await open();
    expect(await directory.find('dv_none')).toBeUndefined();
    nowMs += 4_999;
    await directory.find('dv_none');
    expect(asked).toHaveLength(1);
    nowMs += 1;
    await directory.find('dv_none');
    expect(asked).toHaveLength(2);
  });
});
