import { limits } from '@triflow/protocol';
import type { DeviceDirectory } from './deviceDirectory.js';

/** Devices asked about at once when many are new. */
const ASKED_AT_ONCE = 16;

/** What the forwarder knows of a device. */
export interface DeviceState {
  /** The last number that is on the chain. */
  readonly lastSeq: number;
  /** How many readings a command of it may have: fewer after a refusal. */
  readonly chunkMax: number;
}

export interface DeviceStates {
  /** Asks the chain for those that are not known. Throws what the directory throws. */
  load(devices: readonly string[]): Promise<void>;
  of(device: string): DeviceState;
  isAnchored(device: string): boolean;
  /** Committed up to a number: the next command may be larger again. */
  advance(device: string, lastSeq: number): void;
  /** Refused: the next command is smaller. */
  cut(device: string, readings: number): void;
  /** After trouble: the chain is asked before anything of it is sent again. */
  forget(device: string): void;
}

/** Devices whose readings wait, as far as `limits.gatewayDevicesKnownMax` of them. */
export function createDeviceStates(
  directory: Pick<DeviceDirectory, 'refresh'>,
  rules: { readonly anchor: ReadonlySet<string>; readonly anchorReadings: number },
): DeviceStates {
  const states = new Map<string, DeviceState>();
  const isAnchored = (device: string): boolean => rules.anchor.has(device);
  const top = (device: string): number => {
    return isAnchored(device) ? rules.anchorReadings : limits.readingsPerBatchMax;
  };
  const of = (device: string): DeviceState => {
    return states.get(device) ?? { lastSeq: 0, chunkMax: top(device) };
  };
  const put = (device: string, state: DeviceState): void => {
    states.delete(device);
    states.set(device, state);
    const [oldest] = states.keys();
    if (states.size > limits.gatewayDevicesKnownMax && oldest !== undefined) states.delete(oldest);
  };
  const ask = async (device: string): Promise<void> => {
    const found = await directory.refresh(device);
    put(device, { lastSeq: found?.lastSeq ?? 0, chunkMax: top(device) });
  };
  return {
    of,
    isAnchored,
    async load(devices) {
      const unknown = devices.filter((device) => !states.has(device));
      for (let from = 0; from < unknown.length; from += ASKED_AT_ONCE) {
        await Promise.all(unknown.slice(from, from + ASKED_AT_ONCE).map(ask));
      }
    },
    advance(device, lastSeq) {
      put(device, { lastSeq, chunkMax: Math.min(of(device).chunkMax * 2, top(device)) });
    },
    cut(device, readings) {
      put(device, { ...of(device), chunkMax: Math.max(1, Math.floor(readings / 2)) });
    },
    forget(device) {
      states.delete(device);
    },
  };
}
