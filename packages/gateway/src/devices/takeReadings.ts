import type { Logger } from '@triflow/protocol';
import { areSignedBy, readSignedReadings, type SignedReadings } from '@triflow/sdk';
import type { Spool } from '../store/spool.js';
import { type DeviceDirectory, type KnownDevice, keyBytes } from './deviceDirectory.js';
import { encodeEntry } from './spoolEntry.js';

/** Why a message is not taken. It will not be taken later either. */
export type Refusal =
  | 'malformed'
  | 'device_unknown'
  | 'device_not_bound'
  | 'not_our_device'
  | 'forged'
  | 'kind_not_bound'
  | 'clock_skew';

export interface IntakeParts {
  readonly directory: DeviceDirectory;
  readonly spool: Spool;
  readonly logger: Logger;
  /** The party that the gateway signs for. */
  readonly party: string;
  readonly now: () => number;
  /** Told when there is something to forward. */
  readonly onTaken: () => void;
}

export interface Taken {
  readonly refused?: Refusal;
  readonly readings: number;
}

/** Takes what a device sent. */
export interface Intake {
  /**
   * Durable when it resolves without `refused`. Throws when it can be tried again: `STORE_FULL`, or
   * the client's error where the device is not known and no node can be asked.
   */
  take(text: string): Promise<Taken>;
  /** Messages dealt with, readings taken, and messages refused by reason. */
  readonly counts: Readonly<Record<Refusal | 'messages' | 'taken', number>>;
}

/** The door: form, device, signature, kinds, clock; then the disk. */
export function createIntake(parts: IntakeParts): Intake {
  const counts = {
    messages: 0,
    taken: 0,
    malformed: 0,
    device_unknown: 0,
    device_not_bound: 0,
    not_our_device: 0,
    forged: 0,
    kind_not_bound: 0,
    clock_skew: 0,
  };
  return {
    counts,
    async take(text) {
      const message = readSignedReadings(text);
      const refused = message.ok ? await problemOf(parts, message.value) : 'malformed';
      if (!message.ok || refused !== undefined) {
        const code = refused ?? 'malformed';
        counts.messages += 1;
        counts[code] += 1;
        const device = message.ok ? message.value.device : undefined;
        parts.logger.warn('gateway.readings_refused', { reason: code, device });
        return { refused: code, readings: 0 };
      }
      const { device, readings } = message.value;
      await parts.spool.append(encodeEntry({ device, takenAt: parts.now(), readings }));
      counts.messages += 1;
      counts.taken += readings.length;
      parts.onTaken();
      return { readings: readings.length };
    },
  };
}

async function problemOf(
  { directory, party, now }: IntakeParts,
  message: SignedReadings,
): Promise<Refusal | undefined> {
  let device = await directory.find(message.device);
  if (device === undefined) return 'device_unknown';
  if (keyFor(device, message) === undefined || !device.bound) {
    // Keys are exchanged and devices bound at any time: without a chain to ask this is "not now".
    device = (await directory.findNow(message.device)) ?? device;
  }
  if (device.gateway !== party && device.party !== party) return 'not_our_device';
  const key = keyFor(device, message);
  if (key === undefined) return 'forged';
  if (!areSignedBy(message, { suite: key.suite, publicKey: keyBytes(key) })) return 'forged';
  if (!device.bound) return 'device_not_bound';
  const { kinds, maxClockSkewMs } = device;
  if (!message.readings.every(({ kind }) => kinds.includes(kind))) return 'kind_not_bound';
  const latest = now() + maxClockSkewMs;
  return message.readings.some(({ time }) => time > latest) ? 'clock_skew' : undefined;
}

function keyFor(
  device: KnownDevice,
  { keyId }: SignedReadings,
): KnownDevice['keys'][number] | undefined {
  return device.keys.find((key) => key.keyId === keyId);
}
