import { demoSeed, publicKeyFromSeed, signerFromSeed } from '@triflow/crypto';
import { DEMO_KEY_ID, type Devnet, demoParty } from '@triflow/devnet';
import { defined, isPartyId, type PartyId } from '@triflow/protocol';
import { type SignedReadings, signReadings } from '@triflow/sdk';

const DAY_MS = 86_400_000;

/** Readings to sign: of several devices in turn, from where each of them is. */
export interface SignedLoad {
  readonly devices: readonly string[];
  /** First number of each device. */
  readonly firstSeq: number;
  readonly readings: number;
  readonly perMessage: number;
  /** Time of the first reading, and between two of a device. */
  readonly startMs: number;
  readonly stepMs: number;
}

/** Registers devices with keys of their own and binds them to the carrier's gateway. */
export async function bindDevices(net: Devnet, devices: readonly string[]): Promise<void> {
  for (const id of devices) {
    const party = partyOf(id);
    const publicKey = publicKeyFromSeed(demoSeed(id));
    const key = { keyId: DEMO_KEY_ID, suite: 'ed25519', publicKey } as const;
    const name = `Bench ${id}`;
    const register = await net.client('governor').parties.registerParty({
      id: party,
      name,
      roles: ['DEVICE'],
      sizeClass: 'micro',
      key,
    });
    await register.commit();
    const bind = await net.client('warehouse').devices.bindDevice({
      id,
      party,
      gateway: defined(demoParty('carrier'), 'carrier').id,
      witness: defined(demoParty('supervisor'), 'supervisor').id,
      kinds: [{ kind: 'TEMPERATURE', maxGapMs: 900_000 }],
      maxClockSkewMs: DAY_MS,
      asset: `lt_${id.slice('dv_'.length)}`,
    });
    await bind.commit();
    const sign = { id, pendingId: 'bind-device-1' };
    await (await net.client('supervisor').devices.countersign(sign)).commit();
  }
}

/** Messages as devices send them, signed before any clock starts. */
export async function signedMessages(load: SignedLoad): Promise<string[]> {
  const { devices, firstSeq, readings: count, perMessage, startMs, stepMs } = load;
  const keys = devices.map((device) => signerFromSeed(demoSeed(device)));
  const texts: string[] = [];
  const each = Math.floor(count / devices.length);
  for (let from = 0; from < each; from += perMessage) {
    for (const [at, device] of devices.entries()) {
      const key = defined(keys[at], 'a key a device');
      const readings: SignedReadings['readings'][number][] = [];
      for (let number = from; number < Math.min(each, from + perMessage); number += 1) {
        const time = startMs + number * stepMs;
        const values = [400 + (number % 50)];
        readings.push({ seq: firstSeq + number, time, kind: 'TEMPERATURE', values });
      }
      const message = { device, keyId: DEMO_KEY_ID, readings };
      texts.push(await signReadings(message, (bytes) => key.sign(bytes)));
    }
  }
  return texts;
}

/** The last number of each device that is on the chain. */
export function lastSeqs(net: Devnet, devices: readonly string[]): Promise<readonly number[]> {
  const client = net.client('warehouse');
  return Promise.all(
    devices.map(async (device) => (await client.devices.get(device)).data?.lastSeq ?? 0),
  );
}

function partyOf(device: string): PartyId {
  const id = `dev:${device.slice('dv_'.length)}`;
  return defined(isPartyId(id) ? id : undefined, 'a party id');
}
