import { merkleRoot } from '@triflow/crypto';
import { type CborMap, defined, isOk, OK } from '@triflow/protocol';
import { z } from 'zod';
import { command, type DefinedContract, defineContract } from '../defineContract.js';
import { partyRegistry } from '../party-registry/index.js';
import { given, type Outcome, type World } from '../testkit.js';
import { monitoring } from './index.js';
import { alerts, devices } from './keys.js';
import { readingLeaf } from './readingLeaf.js';
import type { Alert, Reading } from './schema.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DEVICE = 'dv_logger';
export const ASSET = 'lt_1';

const anything = z.record(z.string(), z.unknown());

/** A contract under another's name that passes its parameters on to an internal command. */
export function callerNamed(name: string, ...internals: readonly string[]): DefinedContract {
  const commands = internals.map((internal) => [
    internal,
    command({
      who: 'anyone',
      params: anything,
      verify: () => OK,
      execute: (context, params) => {
        const status = context.call('monitoring', internal, params as CborMap);
        return isOk(status) ? OK : status;
      },
    }),
  ]);
  return defineContract({
    name,
    version: 1,
    tables: [],
    commands: Object.fromEntries(commands),
    statusCodes: {},
  });
}

/** A keeper with a logger on a lot, a bank that agreed to it, and contracts that call. */
export function monitorWorld(bind: CborMap = {}): World {
  const world = emptyMonitorWorld();
  const bound = world.agree(['keeper', 'bank'], 'monitoring', 'bind_device', binding(world, bind));
  if (bound.number !== 0) throw new TypeError(`the device is not bound: ${bound.code}`);
  return world;
}

/** The same before the device is bound. */
export function emptyMonitorWorld(): World {
  return given({
    contracts: [
      partyRegistry,
      monitoring,
      callerNamed('warehouse-receipt', 'open_cover', 'close_cover', 'raise_alert', 'clear_alert'),
      callerNamed('trace', 'begin_shipment'),
    ],
    parties: {
      governor: ['GOVERNOR'],
      keeper: ['WAREHOUSE'],
      bank: ['LENDER'],
      gateway: ['CARRIER'],
      logger: ['DEVICE'],
      other: ['DEVICE'],
    },
  });
}

/** Parameters of `bind_device` as the tests bind their logger. */
export function binding(world: World, more: CborMap = {}): CborMap {
  return {
    id: DEVICE,
    party: world.id('logger'),
    gateway: world.id('gateway'),
    witness: world.id('bank'),
    kinds: [
      { kind: 'TEMPERATURE', maxGapMs: 15 * MINUTE_MS },
      ...['HUMIDITY', 'POSITION', 'DOOR', 'TAMPER', 'BATTERY', 'WEIGHT', 'HEART_RATE'].map(
        (kind) => ({ kind }),
      ),
    ],
    maxClockSkewMs: 5 * MINUTE_MS,
    asset: ASSET,
    ...more,
  };
}

/** Parameters of `submit_batch` with the right root. */
export function batchOf(readings: readonly Reading[], device = DEVICE): CborMap {
  const root = merkleRoot(readings.map((reading) => readingLeaf(device, reading)));
  const fromSeq = readings[0]?.seq ?? 1;
  const toSeq = readings.at(-1)?.seq ?? 1;
  return { device, fromSeq, toSeq, readings: readings.map((one) => ({ ...one })), root };
}

/** Hands readings in by the gateway, when the chain's clock has come to the last of them. */
export function handIn(world: World, readings: readonly Reading[], by = 'gateway'): Outcome {
  const latest = Math.max(...readings.map(({ time }) => time));
  if (latest > world.nowMs()) world.setTime(latest);
  return world.submit(by, 'monitoring', 'submit_batch', batchOf(readings));
}

/** Readings of one kind, so many ms apart, from a first number and time on. */
export function everyMs(
  kind: Reading['kind'],
  stepMs: number,
  first: { readonly seq: number; readonly time: number },
  values: readonly number[],
): Reading[] {
  return values.map((value, at) => ({
    seq: first.seq + at,
    time: first.time + at * stepMs,
    kind,
    values: [value],
  }));
}

/** The time at which the logger was bound. */
export function boundAt(world: World): number {
  return world.must(devices, DEVICE).boundAt;
}

/** What was raised, in the order of its beginning: kind, since and cleared relative to a moment. */
export function timeline(world: World, zero: number): string[] {
  return [...world.records(alerts)]
    .sort((a, b) => a.since - b.since || compareKeys(a, b))
    .map(({ kind, rule, episode, severity, since, clearedAt, state }) => {
      const cleared = clearedAt === undefined ? 'open' : String(clearedAt - zero);
      const key = `${rule ?? kind} ${episode}`;
      return `${kind} ${key} ${severity} ${since - zero}..${cleared} ${state}`;
    });
}

/** The one alert of a kind. */
export function theAlert(world: World, kind: string): Alert {
  const found = world.records(alerts).filter((alert) => alert.kind === kind);
  if (found.length !== 1) throw new TypeError(`${found.length} alerts ${kind}`);
  return defined(found[0], 'an alert');
}

function compareKeys(a: Alert, b: Alert): number {
  const [left, right] = [a, b].map(({ rule, kind, episode }) => `${rule} ${kind} ${episode}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
