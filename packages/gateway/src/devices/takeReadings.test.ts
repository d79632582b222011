import { demoSeed, publicKeyFromSeed, signerFromSeed } from '@triflow/crypto';
import { CodedError, hexFromBytes, limits } from '@triflow/protocol';
import { type SignedReadings, signReadings } from '@triflow/sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Spool } from '../store/spool.js';
import type { DeviceDirectory, KnownDevice } from './deviceDirectory.js';
import { decodeEntry, type SpoolEntry } from './spoolEntry.js';
import { createIntake, type Intake } from './takeReadings.js';

const DEVICE = 'dv_1';
const GATEWAY = 'dev:gateway';
const NOW_MS = 1_767_574_800_000;
const SKEW_MS = 60_000;
const silent = { debug: noop, info: noop, warn: noop, error: noop };
const keyOf = (keyId: string): KnownDevice['keys'][number] => {
  return { keyId, suite: 'ed25519', publicKey: hexFromBytes(publicKeyFromSeed(demoSeed(keyId))) };
};
const bound: KnownDevice = {
  id: DEVICE,
  party: 'dev:device',
  bound: true,
  gateway: GATEWAY,
  kinds: ['LEVEL'],
  maxClockSkewMs: SKEW_MS,
  lastSeq: 0,
  keys: [keyOf('k1')],
};

let kept: KnownDevice | undefined;
let onChain: KnownDevice | undefined;
let isAway: boolean;
let isFull: boolean;
let stored: SpoolEntry[];
let intake: Intake;

beforeEach(() => {
  kept = bound;
  onChain = bound;
  isAway = false;
  isFull = false;
  stored = [];
  const directory: Pick<DeviceDirectory, 'find' | 'findNow'> = {
    find: async () => kept,
    findNow: async () => {
      if (isAway) throw new CodedError('TRANSPORT_FAILED', 'away');
      return onChain;
    },
  };
  const spool: Pick<Spool, 'append'> = {
    append: async (bytes) => {
      if (isFull) throw new CodedError('STORE_FULL', 'full');
      stored.push(decodeEntry(bytes));
    },
  };
  intake = createIntake({
    directory: directory as DeviceDirectory,
    spool: spool as Spool,
    logger: silent,
    party: GATEWAY,
    now: () => NOW_MS,
    onTaken: noop,
  });
});

describe('the door for readings', () => {
  it('takes what is signed by a key in force; it is stored when it is taken', async () => {
    expect(await intake.take(await message())).toEqual({ readings: 1 });
    expect(stored).toEqual([
      {
        device: DEVICE,
        takenAt: NOW_MS,
        readings: [{ seq: 1, time: NOW_MS, kind: 'LEVEL', values: [7] }],
      },
    ]);
  });

  it.each<[refusal: string, text: () => Promise<string> | string]>([
    ['malformed', () => ''],
    ['malformed', () => 'null'],
    ['malformed', () => '[]'],
    ['malformed', () => Buffer.from([0xff, 0xfe, 0x00]).toString('utf8')],
    ['malformed', async () => `${await message()}${' '.repeat(limits.deviceMessageBytesMax)}`],
    ['malformed', async () => (await message()).replace('"seq":1', '"seq":1.5')],
    ['malformed', async () => (await message()).replace('"seq":1', '"seq":-1')],
    ['malformed', () => message({ readings: [reading({ seq: limits.deviceSequenceMax + 1 })] })],
    ['malformed', async () => (await message()).replace('{', '{"more":1,')],
    ['forged', async () => (await message()).replace('"values":[7]', '"values":[8]')],
    ['forged', () => message({ device: 'dv_2' }).then((text) => text.replace('dv_2', DEVICE))],
    ['forged', () => message({ keyId: 'k2' })],
    ['forged', () => message({ keyId: 'k1' }, 'k2')],
    ['kind_not_bound', () => message({ readings: [reading({ kind: 'DOOR' })] })],
    ['clock_skew', () => message({ readings: [reading({ time: NOW_MS + SKEW_MS + 1 })] })],
  ])('refuses for good and stores nothing: %s', async (refused, text) => {
    expect(await intake.take(await text())).toEqual({ refused, readings: 0 });
    expect(stored).toEqual([]);
    expect(intake.counts).toMatchObject({ taken: 0, [refused]: 1 });
  });

  it('a clock may be ahead by the bound, and behind as far as it was away', async () => {
    const times = [NOW_MS + SKEW_MS, NOW_MS - 3 * 86_400_000];
    for (const [at, time] of times.entries()) {
      const text = await message({ readings: [reading({ seq: at + 1, time })] });
      expect(await intake.take(text)).toEqual({ readings: 1 });
    }
  });

  it('the last number there is is taken, and none stands behind it', async () => {
    const last = reading({ seq: limits.deviceSequenceMax });
    expect(await intake.take(await message({ readings: [last] }))).toEqual({ readings: 1 });
  });

  it('a key exchanged in the middle: the new one is asked for, the old one no longer taken', async () => {
    onChain = { ...bound, keys: [keyOf('k2')] };
    expect(await intake.take(await message({ keyId: 'k2' }, 'k2'))).toEqual({ readings: 1 });
    kept = onChain;
    expect(await intake.take(await message())).toEqual({ refused: 'forged', readings: 0 });
  });

  it('a new key with no chain to ask is a "not now", neither taken nor refused', async () => {
    isAway = true;
    const text = await message({ keyId: 'k2' }, 'k2');
    await expect(intake.take(text)).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' });
    onChain = { ...bound, keys: [keyOf('k1'), keyOf('k2')] };
    isAway = false;
    expect(await intake.take(text)).toEqual({ readings: 1 });
    expect(intake.counts.forged).toBe(0);
  });

  it('a device taken off its goods, another gateway’s, or none: refused', async () => {
    kept = onChain = { ...bound, bound: false };
    expect(await intake.take(await message())).toMatchObject({ refused: 'device_not_bound' });
    kept = onChain = { ...bound, gateway: 'dev:other' };
    expect(await intake.take(await message())).toMatchObject({ refused: 'not_our_device' });
    kept = onChain = undefined;
    expect(await intake.take(await message())).toMatchObject({ refused: 'device_unknown' });
  });

  it('a full disk is a "not now"', async () => {
    isFull = true;
    await expect(intake.take(await message())).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(intake.counts.taken).toBe(0);
    isFull = false;
    expect(await intake.take(await message())).toEqual({ readings: 1 });
  });
});

type Reading = SignedReadings['readings'][number];

function reading(more: Partial<Reading> = {}): Reading {
  return { seq: 1, time: NOW_MS, kind: 'LEVEL', values: [7], ...more };
}

function message(
  more: Partial<Omit<SignedReadings, 'signature'>> = {},
  signedBy = 'k1',
): Promise<string> {
  const signer = signerFromSeed(demoSeed(signedBy));
  const parts = { device: DEVICE, keyId: 'k1', readings: [reading()], ...more };
  return signReadings(parts, (bytes) => signer.sign(bytes));
}

function noop(): void {}
