import { signerFromSeed } from '@triflow/crypto';
import { assertNever } from '@triflow/protocol';
import { type SignedReadings, signReadings } from '@triflow/sdk';

type Reading = SignedReadings['readings'][number];

/** A truck's cold box, a tank's gauge, an animal's ear tag, a cabinet that counts its tags. */
export const deviceModels = ['truck', 'tank', 'ear-tag', 'cabinet'] as const;

export type DeviceModel = (typeof deviceModels)[number];

/** What each model measures: the kinds that it is bound with. */
export const modelKinds: Readonly<Record<DeviceModel, readonly Reading['kind'][]>> = {
  truck: ['TEMPERATURE', 'POSITION'],
  tank: ['LEVEL'],
  'ear-tag': ['POSITION', 'BODY_TEMPERATURE', 'HEART_RATE', 'BATTERY', 'TAMPER'],
  cabinet: ['TAG_COUNT', 'DOOR'],
};

export const deviceFaults = ['gap', 'drift', 'tamper', 'leave-fence', 'replay', 'forged'] as const;

export interface DeviceFault {
  /**
   * `gap` numbers are skipped, `drift` values creep, `tamper` the case is opened (a truck and a tank
   * have none), `leave-fence` a kilometre a step to the east, `replay` the last message once more,
   * `forged` another key signs.
   */
  readonly kind: (typeof deviceFaults)[number];
  /** From which step on, and how many. */
  readonly fromStep: number;
  readonly steps: number;
}

export interface SimulatedDevice {
  readonly model: DeviceModel;
  readonly device: string;
  readonly keyId: string;
  /** Seed of its signing key. */
  readonly keySeed: Uint8Array;
  /** Equal seeds, equal measurements. */
  readonly seed: number;
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
  readonly firstSeq?: number;
  /** Where it is, longitude and latitude in ten-millionths of a degree; default Zhoushan. */
  readonly home?: Place;
  readonly faults?: readonly DeviceFault[];
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** One message, as it goes to a gateway. */
export interface SimulatedMessage {
  readonly step: number;
  readonly topic: string;
  readonly text: string;
  /** Whether a gateway may take it: not forged. */
  readonly genuine: boolean;
  readonly readings: readonly Reading[];
}

const KILOMETRE = 90_000;
const HOME = { x: 1_221_000_000, y: 299_500_000 };
const GAP_NUMBERS = 3;

/** What a device sends, step by step: the same for the same options, on every machine. */
export async function* simulateDevice(
  options: SimulatedDevice,
): AsyncGenerator<SimulatedMessage, void, undefined> {
  const { device, keyId, model, startMs, stepMs, steps, faults = [], home = HOME } = options;
  const key = signerFromSeed(options.keySeed);
  const forger = signerFromSeed(options.keySeed.map((byte) => byte ^ 0xff));
  const random = createRandom(options.seed);
  const topic = `triflow/devices/${device}/readings`;
  let seq = options.firstSeq ?? 1;
  let last: SimulatedMessage | undefined;
  for (let step = 0; step < steps; step += 1) {
    const has = (kind: DeviceFault['kind']): number => stepsOf(faults, kind, step);
    const time = startMs + step * stepMs;
    const values = measure(model, random, { drift: has('drift'), away: has('leave-fence'), home });
    if (has('tamper') > 0) open(model, values);
    if (has('gap') > 0) seq += GAP_NUMBERS;
    const forged = has('forged') > 0;
    const readings: Reading[] = values.map(([kind, ...numbers], at) => {
      return { seq: seq + at, time, kind, values: numbers };
    });
    const signer = forged ? forger : key;
    const message = { device, keyId, readings };
    const text = await signReadings(message, (bytes) => signer.sign(bytes));
    const made: SimulatedMessage = { step, topic, text, genuine: !forged, readings };
    yield made;
    if (has('replay') > 0 && last !== undefined) yield last;
    if (forged) continue;
    seq += readings.length;
    last = made;
  }
}

type Measured = [Reading['kind'], ...number[]];

/** A small generator of equal numbers everywhere: 32 bits, xorshift. */
function createRandom(seed: number): (below: number) => number {
  let state = (seed | 0) === 0 ? 1 : seed | 0;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** How many steps a fault has lasted at a step; 0 when it is not there. */
function stepsOf(faults: readonly DeviceFault[], kind: DeviceFault['kind'], step: number): number {
  const found = faults.find((fault) => {
    return fault.kind === kind && step >= fault.fromStep && step < fault.fromStep + fault.steps;
  });
  return found === undefined ? 0 : step - found.fromStep + 1;
}

function measure(
  model: DeviceModel,
  random: (below: number) => number,
  { drift, away, home }: { readonly drift: number; readonly away: number; readonly home: Place },
): Measured[] {
  const place: Measured = [
    'POSITION',
    home.x + random(1_000) + away * KILOMETRE,
    home.y + random(1_000),
  ];
  switch (model) {
    case 'truck':
      return [['TEMPERATURE', 400 + random(100) + drift * 150], place];
    case 'tank':
      return [['LEVEL', 12_000 + random(3) - drift * 40]];
    case 'ear-tag':
      return [
        place,
        ['BODY_TEMPERATURE', 3_850 + random(40) + drift * 20],
        ['HEART_RATE', 60 + random(10)],
        ['BATTERY', Math.max(0, 90 - drift * 5)],
        ['TAMPER', 0],
      ];
    case 'cabinet':
      return [
        ['TAG_COUNT', 48 - drift],
        ['DOOR', 0],
      ];
    default:
      return assertNever(model, 'simulateDevice: model');
  }
}

/** The case of a tag is opened, the door of a cabinet. */
function open(model: DeviceModel, values: Measured[]): void {
  const kind = model === 'cabinet' ? 'DOOR' : 'TAMPER';
  const found = values.find(([name]) => name === kind);
  if (found !== undefined) found[1] = 1;
}
