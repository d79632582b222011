import { command } from '@triflow/sdk';
import { expectSame, present, ScenarioError } from '../scenarioError.js';
import type { Stage } from '../stage.js';
import type { DeviceRun } from './openField.js';

const WAIT_MS = 60_000;
const STEP_MS = 100;
const MAX_SKEW_MS = 60_000;
/** Where something is, and how warm, must be known all the time: more silence is a gap. */
const MAX_GAP_MS = 15 * 60_000;

type Kind = Parameters<typeof command<'monitoring', 'bind_device'>>[2]['kinds'][number]['kind'];

const unbroken: ReadonlySet<Kind> = new Set<Kind>(['TEMPERATURE', 'POSITION']);

/** What each model measures at every step. */
const modelKinds: Readonly<Record<DeviceRun['model'], readonly Kind[]>> = {
  truck: ['TEMPERATURE', 'POSITION'],
  tank: ['LEVEL'],
  'ear-tag': ['POSITION', 'BODY_TEMPERATURE', 'HEART_RATE', 'BATTERY', 'TAMPER'],
  cabinet: ['TAG_COUNT', 'DOOR'],
};

/** A device of the story: whose it is, whose gateway takes its readings, who relies on it. */
export interface StoryDevice {
  readonly device: string;
  /** The device's own party. */
  readonly party: string;
  readonly model: DeviceRun['model'];
  readonly owner: string;
  readonly gateway: string;
  /** A SUPERVISOR or LENDER. */
  readonly witness: string;
  readonly home?: DeviceRun['home'];
}

export interface Sending {
  readonly steps: number;
  readonly faults?: DeviceRun['faults'];
}

/** Owner and witness put a device on an asset; one that has watched another goes over to this. */
export async function bindDevice(stage: Stage, one: StoryDevice, asset: string): Promise<void> {
  const { device: id, party, model, owner, gateway, witness } = one;
  const { actor } = stage.cast;
  const { data } = await stage.read(owner, (client) => client.devices.get(id));
  const bind = command('monitoring', 'bind_device', {
    id,
    party: actor(party).id,
    gateway: actor(gateway).id,
    witness: actor(witness).id,
    kinds: modelKinds[model].map((kind) => {
      return unbroken.has(kind) ? { kind, maxGapMs: MAX_GAP_MS } : { kind };
    }),
    maxClockSkewMs: MAX_SKEW_MS,
    asset,
    ...(data === null ? {} : { expectedVersion: data.version }),
  });
  await stage.agree([owner, witness], bind);
}

/**
 * The device measures and sends, over the broker to its gateway, from the newest block's time on;
 * resolves when its last reading is final on the ledger.
 */
export async function sendReadings(
  stage: Stage,
  one: StoryDevice,
  { steps, faults }: Sending,
): Promise<void> {
  const { device, party, gateway, model, owner, home } = one;
  const known = await stage.read(owner, (client) => client.devices.get(device));
  const { lastSeq } = present(device, known.data);
  const startMs = await stage.setClock();
  await stage.cast.field.simulate({
    gateway,
    party,
    model,
    device,
    seed: lastSeq + 1,
    startMs,
    stepMs: STEP_MS,
    steps,
    firstSeq: lastSeq + 1,
    ...(home === undefined ? {} : { home }),
    ...(faults === undefined ? {} : { faults }),
  });
  const wanted = lastSeq + steps * modelKinds[model].length;
  await stage.read(owner, (client) => {
    return client.devices.waitFor(device, (found) => (found?.lastSeq ?? 0) >= wanted, {
      timeoutMs: WAIT_MS,
    });
  });
  stage.tally.readings += wanted - lastSeq;
}

/** An alert as the SDK's event stream told it. */
export interface ToldAlert {
  readonly id: string;
  readonly severity: string;
  readonly height: number;
}

/** Follows the events of a party until an alert on an asset is raised, now or before. */
export async function followAlert(
  stage: Stage,
  alias: string,
  wanted: { readonly asset: string; readonly kind: string },
): Promise<ToldAlert> {
  const { asset, kind } = wanted;
  const signal = AbortSignal.timeout(WAIT_MS);
  const { events } = stage.cast.client(alias);
  for await (const event of events.follow({ types: ['alert.raised'], signal })) {
    const { data, subject: id, height } = event;
    if (data.asset !== asset || data.kind !== kind) continue;
    return { id, severity: String(data.severity), height };
  }
  throw new ScenarioError('SCENARIO_DIFFERS', `no alert ${kind} on ${asset}`);
}

/** How many alerts of an asset nobody has answered for yet. */
export async function expectOpenAlerts(
  stage: Stage,
  alias: string,
  asset: string,
  expected: number,
): Promise<void> {
  let open = 0;
  for await (const { data } of stage.cast.client(alias).alerts.list({ where: { asset } })) {
    if (data.state !== 'RESOLVED' && data.state !== 'FALSE') open += 1;
  }
  expectSame(`the open alerts on ${asset}`, open, expected);
}

/** Who has to answer for an alert resolves it with evidence. */
export async function resolveAlert(
  stage: Stage,
  alias: string,
  id: string,
  evidence: { readonly hash: string; readonly mediaType: string },
): Promise<void> {
  const { data } = await stage.read(alias, (client) => client.alerts.get(id));
  const { version: expectedVersion } = present(id, data);
  await stage.act(alias, command('monitoring', 'resolve', { id, expectedVersion, evidence }));
}
