import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Devnet, startDevnet } from '@triflow/devnet';
import { CodedError } from '@triflow/protocol';
import { connectAsync } from 'mqtt';
import { startTestBroker } from '../e2e/mqttBroker.js';
import { bindDevices, lastSeqs, type SignedLoad, signedMessages } from './benchDevices.js';
import { type BenchGateway, startBenchGateway } from './benchGateway.js';

/**
 * Readings a second that one gateway, kept on one processor, carries into committed batches, for
 * both kinds of batch and over HTTP and MQTT; and what it holds in memory and on disk through days
 * without a ledger, until its disk is full and after.
 *
 *     node test/dist/bench/gatewayBench.js --readings 60000 --per-message 10 --devices 10
 *     node test/dist/bench/gatewayBench.js --only away --days 3 --away-devices 20 --step 5000
 */
const POLL_MS = 50;
const DAY_MS = 86_400_000;
const GIB = 1_024 ** 3;
/** Full within a day: what a full spool says is measured, too. */
const SMALL_SPOOL = 2_097_152;
const AWAY_PER_MESSAGE = 60;

interface Setting {
  readonly net: Devnet;
  readonly home: string;
  readonly devices: readonly string[];
  readonly readings: number;
  readonly perMessage: number;
}

await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      readings: { type: 'string', default: '60000' },
      'per-message': { type: 'string', default: '10' },
      devices: { type: 'string', default: '10' },
      days: { type: 'string', default: '3' },
      'away-devices': { type: 'string', default: '20' },
      step: { type: 'string', default: '5000' },
      only: { type: 'string', default: 'submitted,anchored,mqtt,away,full' },
    },
  });
  const only = new Set(values.only.split(','));
  const home = await mkdtemp(join(tmpdir(), 'triflow-gateway-bench-'));
  const net = await startDevnet({ nodes: 1, direct: true });
  const devices = namesOf('bench', Number(values.devices));
  const perMessage = Number(values['per-message']);
  const setting = { net, home, devices, readings: Number(values.readings), perMessage };
  try {
    await bindDevices(net, devices);
    say(`${setting.readings} readings, ${devices.length} devices, ${perMessage} a message;`);
    say('the gateway on one processor, one validator and the load generator beside it');
    if (only.has('submitted')) await measure('submitted, HTTP', setting, '');
    if (only.has('anchored')) {
      await measure('anchored, HTTP', setting, `anchor = ${JSON.stringify(devices)}`);
    }
    if (only.has('mqtt')) await measureMqtt(setting);
    const count = Number(values['away-devices']);
    const outage = { days: Number(values.days), stepMs: Number(values.step) };
    if (only.has('away')) await measureAway(setting, namesOf('away', count), outage, '');
    const small = `spoolBytesMax = ${SMALL_SPOOL}`;
    if (only.has('full')) await measureAway(setting, namesOf('full', count), outage, small);
  } finally {
    await net.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** From the first message to the last reading on the chain. */
async function measure(name: string, setting: Setting, lines: string): Promise<void> {
  const { net, home } = setting;
  const { load, texts } = await prepared(setting);
  const gateway = await startBenchGateway({ net, home, devices: lines, pinned: true });
  await timed(name, setting, load, gateway, async () => taken(await gateway.post(texts)));
  await gateway.stop();
}

async function measureMqtt(setting: Setting): Promise<void> {
  const { net, home } = setting;
  const { load, texts } = await prepared(setting);
  const broker = await startTestBroker(join(home, 'broker'));
  const devices = `[devices.mqtt]\nurl = "${broker.url}"`;
  const gateway = await startBenchGateway({ net, home, devices, pinned: true });
  const publisher = await connectAsync(broker.url);
  await timed(`submitted, MQTT (${broker.name})`, setting, load, gateway, async () => {
    const topic = 'triflow/devices/bench/readings';
    await Promise.all(texts.map((text) => publisher.publishAsync(topic, text, { qos: 1 })));
  });
  await publisher.endAsync();
  await gateway.stop();
  await broker.stop();
}

async function timed(
  name: string,
  { net, devices }: Setting,
  load: SignedLoad,
  gateway: BenchGateway,
  send: () => Promise<void>,
): Promise<void> {
  const each = Math.floor(load.readings / load.devices.length);
  const before = await gateway.processorMs();
  const startMs = performance.now();
  await send();
  await untilReached(net, devices, load.firstSeq + each - 1);
  const seconds = (performance.now() - startMs) / 1_000;
  const busySeconds = ((await gateway.processorMs()) - before) / 1_000;
  const count = each * devices.length;
  const rate = Math.round(count / seconds);
  const perCpuSecond = Math.round(count / busySeconds);
  const memory = Math.round(await gateway.memoryMib());
  say(`${name}: ${rate} readings/s committed, ${perCpuSecond} a processor second, ${memory} MiB`);
}

/** Readings for so many days, while no ledger answers; then it comes back. */
async function measureAway(
  { net, home }: Setting,
  devices: readonly string[],
  { days, stepMs }: { readonly days: number; readonly stepMs: number },
  bound: string,
): Promise<void> {
  await bindDevices(net, devices);
  const perDay = DAY_MS / stepMs;
  const startMs = Date.now() - days * DAY_MS;
  const base = { devices, perMessage: AWAY_PER_MESSAGE, stepMs };
  const dayOf = (day: number): Promise<string[]> => {
    const first = 1 + day * perDay;
    const readings = perDay * devices.length;
    return signedMessages({ ...base, firstSeq: first, readings, startMs: startMs + day * DAY_MS });
  };
  const lines = `anchor = ${JSON.stringify(devices)}\n${bound}`;
  const gateway = await startBenchGateway({ net, home, devices: lines, pinned: true });
  // What is known of a device outlives the outage.
  await gateway.post((await dayOf(0)).slice(0, devices.length));
  await untilReached(net, devices, AWAY_PER_MESSAGE);
  await net.nodes[0]?.kill();
  let refusal: string | undefined;
  for (let day = 0; day < days && refusal === undefined; day += 1) {
    const answer = await gateway.post(await dayOf(day));
    refusal = answer.refusal;
    const { spoolBytes, intake } = await gateway.status();
    const mib = Math.round(await gateway.memoryMib());
    const held = `${intake.taken} taken, ${spoolBytes} bytes on disk, ${mib} MiB of memory`;
    say(`day ${day + 1} without a ledger: ${held}`);
  }
  await sayDisk(gateway, refusal);
  await sayReturn(net, devices, gateway);
  await gateway.stop();
}

/** The ledger comes back: what was taken has to be there, each reading once. */
async function sayReturn(
  net: Devnet,
  devices: readonly string[],
  gateway: BenchGateway,
): Promise<void> {
  const { taken: before } = (await gateway.status()).intake;
  const startMs = performance.now();
  await net.nodes[0]?.start();
  const mostMib = await untilEmpty(gateway);
  const seconds = Math.round((performance.now() - startMs) / 1_000);
  const { forwarded, quarantined } = await gateway.status();
  const last = await lastSeqs(net, devices);
  const onChain = last.reduce((sum, seq) => sum + seq, 0);
  say(`back: ${before} taken, ${onChain} numbers on the chain, ${quarantined} put aside`);
  const { committed, duplicates } = forwarded;
  const sent = `${committed} sent in ${seconds} s, ${duplicates} had come twice`;
  say(`${sent}, at most ${Math.round(mostMib)} MiB`);
}

async function sayDisk(gateway: BenchGateway, refusal: string | undefined): Promise<void> {
  const { intake, spoolBytes } = await gateway.status();
  const perReading = spoolBytes / intake.taken;
  const hold = Math.round((4 * GIB) / perReading / 1_000_000);
  say(`${perReading.toFixed(1)} bytes a reading: the default of 4 GiB holds ${hold} million`);
  if (refusal !== undefined) say(`over its bound it says: ${refusal}`);
}

async function prepared(setting: Setting): Promise<{ load: SignedLoad; texts: string[] }> {
  const { net, devices, readings, perMessage } = setting;
  const firstSeq = Math.max(...(await lastSeqs(net, devices))) + 1;
  const load = { devices, firstSeq, readings, perMessage, startMs: Date.now(), stepMs: 0 };
  return { load, texts: await signedMessages(load) };
}

async function untilReached(net: Devnet, devices: readonly string[], seq: number): Promise<void> {
  while ((await lastSeqs(net, devices)).some((last) => last < seq)) await pause(POLL_MS);
}

/** Gives the most memory that was seen meanwhile, in MiB. */
async function untilEmpty(gateway: BenchGateway): Promise<number> {
  let mostMib = 0;
  for (;;) {
    const { forwarded, intake } = await gateway.status();
    const { committed, duplicates, waiting } = forwarded;
    mostMib = Math.max(mostMib, await gateway.memoryMib());
    if (waiting === 0 && committed + duplicates >= intake.taken) return mostMib;
    await pause(POLL_MS);
  }
}

function namesOf(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `dv_${word}-${at + 1}`);
}

function taken({ refusal }: { readonly refusal?: string }): void {
  if (refusal !== undefined) throw new CodedError('INTERNAL', refusal);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
