import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Batch } from '@triflow/contracts/schemas';
import { demoSeed } from '@triflow/crypto';
import {
  DEMO_KEY_ID,
  type Devnet,
  demoParty,
  type SimulatedMessage,
  simulateDevice,
  startDevnet,
} from '@triflow/devnet';
import { type Gateway, parseConfig, startGateway } from '@triflow/gateway';
import { defined, limits } from '@triflow/protocol';
import { accountFromSeed, type Client } from '@triflow/sdk';
import { readingInEvidence, verifyEvidence } from '@triflow/sdk/verify';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RestartableBroker, startTestBroker } from './mqttBroker.js';
import { untilFound, untilTrue } from './untilTrue.js';

const DEVICE = 'dv_truck-1';
const ASSET = 'lt_cold-1';
const STEP_MS = 60_000;
const warned: string[] = [];
const quiet = {
  debug: noop,
  info: noop,
  warn: (event: string): void => void warned.push(event),
  error: noop,
};

let net: Devnet;
let broker: RestartableBroker;
let gateway: Gateway;
let home: string;
let publisher: MqttClient;
let owner: Client;
let messages: SimulatedMessage[];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'triflow-gateway-'));
  net = await startDevnet({ nodes: 1 });
  broker = await startTestBroker(join(home, 'broker'));
  process.stdout.write(`broker: ${broker.name}\n`);
  owner = net.client('warehouse');
  await bindDevice();
  gateway = await start();
  publisher = await connectAsync(broker.url, { reconnectPeriod: 100 });
  messages = await simulated();
}, 120_000);

afterAll(async () => {
  await publisher?.endAsync(true);
  await gateway?.stop();
  await broker?.stop();
  await net?.stop();
  await rm(home, { recursive: true, force: true });
});

describe('a truck, a broker, a gateway and a ledger', () => {
  it('out of order, twice and forged: exactly the right readings become evidence, each once', async () => {
    const [first = [], ...others] = parts(messages, 5);
    await publish([...first].reverse());
    await publish(first);
    await untilTrue('the first readings are on the chain', async () => (await lastSeq()) === 10);
    await publish(defined(others[0], 'second part'));
    await untilTrue('the second part too', async () => (await lastSeq()) === 20);
    expect((await status()).intake.forged).toBe(0);
    const forged = await simulated({ forged: true });
    await publish(forged);
    await untilTrue('forged ones are seen', async () => (await status()).intake.forged === 25);
    expect(await lastSeq()).toBe(20);
  });

  it('the broker restarts', async () => {
    await broker.stop();
    await broker.start();
    await untilTrue('the gateway is back', async () => (await status()).broker === true);
    await publish(defined(parts(messages, 5)[2], 'third part'));
    await untilTrue('the third part', async () => (await lastSeq()) === 30);
  });

  it('the gateway is away: the broker keeps what comes; a torn end of its spool is said', async () => {
    await gateway.stop();
    await publish(defined(parts(messages, 5)[3], 'fourth part'));
    const spool = join(home, 'gateway', 'data', 'devices', 'spool');
    const [last = ''] = (await readdir(spool)).filter((name) => name.endsWith('.log')).slice(-1);
    await appendFile(join(spool, last), Buffer.from([0, 0, 0, 9, 1, 2, 3]));
    gateway = await start();
    expect(warned.filter((event) => event === 'gateway.spool_cut')).toHaveLength(1);
    await untilTrue('the fourth part', async () => (await lastSeq()) === 40);
  });

  it('the ledger is away: the gateway keeps what comes, also over a restart of its own', async () => {
    await net.nodes[0]?.kill();
    const before = (await status()).intake.taken;
    await publish(defined(parts(messages, 5)[4], 'fifth part'));
    await untilTrue('it is taken', async () => (await status()).intake.taken === before + 10);
    await gateway.stop();
    gateway = await start();
    await net.nodes[0]?.start();
    await untilTrue('the fifth part', async () => (await lastSeq()) === 50);
  });

  it('every number is in one batch; nothing was lost or put aside', async () => {
    const found = await allBatches();
    const covered = found.flatMap(({ fromSeq, toSeq }) =>
      Array.from({ length: toSeq - fromSeq + 1 }, (_, at) => fromSeq + at),
    );
    expect(covered).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
    expect(found.flatMap(({ gaps }) => gaps)).toEqual([]);
    expect((await status()).quarantined).toBe(0);
  });

  it('raw reading, proof, header, certificate: verified with no node', async () => {
    const answer = await fetch(`${gateway.url}/v1/readings/${DEVICE}/17/proof`);
    expect(answer.status).toBe(200);
    const told = (await answer.json()) as { proof: { reading: object } };
    const file = await fetch(`${gateway.url}/v1/readings/${DEVICE}/17/evidence`);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const report = verifyEvidence(bytes, { genesisHash: net.describe().genesisHash });
    const proved = readingInEvidence(told, report);
    expect(proved.ok && proved.value.reading.seq).toBe(17);
    expect(readingInEvidence(told.proof, report).ok).toBe(true);
    const other = { proof: { ...told.proof, reading: { ...told.proof.reading, seq: 18 } } };
    expect(readingInEvidence(other, report)).toMatchObject({
      ok: false,
      fault: { code: 'reading_not_in_batch' },
    });
    const { bytes: party } = await owner.evidence.create(
      defined(demoParty('warehouse'), 'warehouse').id,
    );
    const elsewhere = verifyEvidence(party, { genesisHash: net.describe().genesisHash });
    expect(readingInEvidence(told, elsewhere)).toMatchObject({
      ok: false,
      fault: { code: 'batch_not_in_evidence' },
    });
    expect((await fetch(`${gateway.url}/v1/readings/${DEVICE}/99/evidence`)).status).toBe(404);
  });

  it('over HTTP the same door: accepted, refused, not there', async () => {
    const [more] = await simulated({ firstSeq: 51, steps: 1 });
    const post = (body: string) =>
      fetch(`${gateway.url}/v1/readings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }).then(({ status: code }) => code);
    expect(await post(defined(more, 'a message').text)).toBe(202);
    expect(await post('{}')).toBe(400);
    const [forged] = await simulated({ forged: true, steps: 1 });
    expect(await post(defined(forged, 'a message').text)).toBe(401);
    await untilTrue('it is on the chain', async () => (await lastSeq()) === 52);
    const absent = await fetch(`${gateway.url}/v1/readings/${DEVICE}/99/proof`);
    expect(absent.status).toBe(404);
  });

  it('QoS 0 and 2, retained, and what is no message: the right readings, each once', async () => {
    const [two, none, kept] = await simulated({ firstSeq: 53, steps: 3 });
    const topic = defined(two, 'a message').topic;
    const long = 'x'.repeat(limits.deviceMessageBytesMax + limits.mqttPacketExtraBytesMax + 1);
    for (const payload of [Buffer.of(0xff, 0xfe, 0), 'null', '[]', long]) {
      await publisher.publishAsync(topic, payload, { qos: 1 });
    }
    await publisher.publishAsync(topic, defined(two, 'first').text, { qos: 2 });
    await publisher.publishAsync(topic, defined(none, 'second').text, { qos: 0 });
    await publisher.publishAsync(topic, defined(kept, 'third').text, { qos: 1, retain: true });
    await untilTrue('all are on the chain', async () => (await lastSeq()) === 58);
    // A broker of MQTT 5 is told how long a message may be, and keeps a longer one to itself.
    const malformed = broker.name === 'mosquitto' ? 4 : 5;
    expect((await status()).intake).toMatchObject({ malformed });
    await gateway.stop();
    gateway = await start();
    await untilTrue('the retained one came again', async () => (await status()).intake.taken === 2);
    await untilTrue('as nothing new', async () => (await status()).forwarded.duplicates === 2);
    expect([await lastSeq(), (await status()).quarantined]).toEqual([58, 0]);
  });

  it('a stocktake by RFID, as CSV: its events are on the chain, once', async () => {
    const rows = [1, 2].map((serial) => {
      const epc = `https://id.gs1.org/01/09521234567899/21/${serial}`;
      return `${epc},2026-03-01T15:30:00+08:00,https://id.gs1.org/414/9521234000013`;
    });
    const body = ['epc,readAt,location', ...rows].join('\n');
    const send = () =>
      fetch(`${gateway.url}/v1/stocktakes`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv' },
        body,
      });
    const first = await send();
    expect(first.status).toBe(201);
    const { events } = (await first.json()) as { events: string[] };
    const [key = ''] = events;
    const found = await net.client('carrier').traces.get(key);
    expect(found.data?.submitter).toBe(defined(demoParty('carrier'), 'carrier').id);
    expect(await (await send()).json()).toEqual({ events });
  });
});

async function bindDevice(): Promise<void> {
  const supervisor = net.client('supervisor');
  const bind = await owner.devices.bindDevice({
    id: DEVICE,
    party: defined(demoParty('device-1'), 'device-1').id,
    gateway: defined(demoParty('carrier'), 'carrier').id,
    witness: defined(demoParty('supervisor'), 'supervisor').id,
    kinds: [{ kind: 'TEMPERATURE' }, { kind: 'POSITION' }],
    maxClockSkewMs: 24 * 60 * 60_000,
    asset: ASSET,
  });
  await bind.commit();
  const sign = { id: DEVICE, pendingId: 'bind-device-1' };
  await (await supervisor.devices.countersign(sign)).commit();
}

function start(): Promise<Gateway> {
  const { nodes, genesisHash } = net.describe();
  const urls = nodes.map(({ http }) => JSON.stringify(http)).join(', ');
  const toml = `
[gateway]
logLevel = "silent"
[chain]
nodes = [${urls}]
genesisHash = "${genesisHash}"
[account]
keystore = "unused"
[http]
port = 0
[submit]
deadlineMs = 5000
[devices]
enabled = true
maxDelayMs = 200
gapWaitMs = 3000
[devices.mqtt]
url = "${broker.url}"
version = ${broker.name === 'mosquitto' ? 5 : 4}
`;
  const account = accountFromSeed({
    party: defined(demoParty('carrier'), 'carrier').id,
    keyId: DEMO_KEY_ID,
    seed: demoSeed('carrier'),
  });
  const config = parseConfig(toml, 'gateway.toml');
  return startGateway({ home: join(home, 'gateway'), config, account, logger: quiet });
}

/** Twenty-five steps of a truck, two readings each. */
async function simulated(
  more: { forged?: boolean; firstSeq?: number; steps?: number } = {},
): Promise<SimulatedMessage[]> {
  const { forged = false, firstSeq = 1, steps = 25 } = more;
  const list: SimulatedMessage[] = [];
  for await (const message of simulateDevice({
    model: 'truck',
    device: DEVICE,
    keyId: DEMO_KEY_ID,
    keySeed: demoSeed('device-1'),
    seed: 7,
    startMs: Date.now(),
    stepMs: STEP_MS / 60,
    steps,
    firstSeq,
    faults: forged ? [{ kind: 'forged', fromStep: 0, steps }] : [],
  })) {
    list.push(message);
  }
  return list;
}

async function publish(some: readonly SimulatedMessage[]): Promise<void> {
  for (const { topic, text } of some) await publisher.publishAsync(topic, text, { qos: 1 });
}

function parts<T>(list: readonly T[], size: number): T[][] {
  const found: T[][] = [];
  for (let at = 0; at < list.length; at += size) found.push(list.slice(at, at + size));
  return found;
}

async function lastSeq(): Promise<number> {
  const { data } = await owner.devices.get(DEVICE);
  return data?.lastSeq ?? 0;
}

interface Status {
  readonly intake: { readonly taken: number; readonly forged: number };
  readonly forwarded: { readonly duplicates: number };
  readonly quarantined: number;
  readonly broker: boolean | null;
}

async function status(): Promise<Status> {
  return untilFound('the gateway answers', async () => {
    const answer = await fetch(`${gateway.url}/v1/devices`);
    return answer.ok ? ((await answer.json()) as Status) : undefined;
  });
}

async function allBatches(): Promise<Batch[]> {
  const found: Batch[] = [];
  for (let seq = 1; seq <= (await lastSeq()); seq = (found.at(-1)?.toSeq ?? seq) + 1) {
    const { data } = await owner.query('monitoring.readingProof', { device: DEVICE, seq });
    const { batch } = data as { batch: { toSeq: number } };
    const { data: record } = await owner.devices.getBatch({ device: DEVICE, toSeq: batch.toSeq });
    found.push(defined(record ?? undefined, 'a batch'));
  }
  return found;
}

function noop(): void {}
