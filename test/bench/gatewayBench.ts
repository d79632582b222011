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
 *     node test/dist/bench/gatewayBench.js --readings 60000 --per-message 10 --devices 10 --days 3
 */
const POLL_MS = 50;
const STEP_MS = 20_000;
const DAY_MS = 86_400_000;
const GIB = 1_024 ** 3;
/** Full on the second day of ten devices: what a full spool says is measured, too. */
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
    },
  });
  const home = await mkdtemp(join(tmpdir(), 'triflow-gateway-bench-'));
  const net = await startDevnet({ nodes: 1, direct: true });
  const devices = Array.from({ length: Number(values.devices) }, (_, at) => `dv_bench-${at + 1}`);
  const perMessage = Number(values['per-message']);
  const setting = { net, home, devices, readings: Number(values.readings), perMessage };
  try {
    await bindDevices(net, devices);
    say(`${setting.readings} readings, ${devices.length} devices, ${perMessage} a message;`);
    say('the gateway on one processor, one validator and the load generator beside it');
    await measure('submitted, HTTP', setting, '');
    await measure('anchored, HTTP', setting, `anchor = ${JSON.stringify(devices)}`);
    await measureMqtt(setting);
    const away = devices.map((device) => device.replace('bench', 'away'));
    await bindDevices(net, away);
    await measureAway({ ...setting, devices: away }, Number(values.days));
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

/** Readings twenty seconds apart for so many days, while no ledger answers; then it comes back. */
async function measureAway(setting: Setting, days: number): Promise<void> {
  const { net, home, devices } = setting;
  const firstSeq = Math.max(...(await lastSeqs(net, devices))) + 1;
  const perDay = DAY_MS / STEP_MS;
  const startMs = Date.now() - days * DAY_MS;
  const base = { devices, perMessage: AWAY_PER_MESSAGE, stepMs: STEP_MS };
  const dayOf = (day: number): Promise<string[]> => {
    const first = firstSeq + day * perDay;
    const readings = perDay * devices.length;
    return signedMessages({ ...base, firstSeq: first, readings, startMs: startMs + day * DAY_MS });
  };
  const bound = `anchor = ${JSON.stringify(devices)}\nspoolBytesMax = ${SMALL_SPOOL}`;
  const gateway = await startBenchGateway({ net, home, devices: bound, pinned: true });
  // What is known of a device outlives the outage.
  await gateway.post((await dayOf(0)).slice(0, devices.length));
  await untilReached(net, devices, firstSeq + AWAY_PER_MESSAGE - 1);
  await net.nodes[0]?.kill();
  let refusal: string | undefined;
  for (let day = 0; day < days && refusal === undefined; day += 1) {
    const answer = await gateway.post(await dayOf(day));
    refusal = answer.refusal;
    const { spoolBytes } = await gateway.status();
    const mib = Math.round(await gateway.memoryMib());
    say(`day ${day + 1} without a ledger: ${spoolBytes} bytes on disk, ${mib} MiB of memory`);
  }
  await sayDisk(gateway, refusal);
  const { taken: before } = (await gateway.status()).intake;
  await net.nodes[0]?.start();
  await untilEmpty(gateway);
  const { forwarded, quarantined } = await gateway.status();
  const last = await lastSeqs(net, devices);
  const onChain = last.reduce((sum, seq) => sum + seq - firstSeq + 1, 0);
  say(`back: ${before} taken, ${onChain} numbers on the chain, ${quarantined} put aside`);
  const mib = Math.round(await gateway.memoryMib());
  say(`${forwarded.committed} sent, ${forwarded.duplicates} had come twice, ${mib} MiB`);
  await gateway.stop();
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

async function untilEmpty(gateway: BenchGateway): Promise<void> {
  for (;;) {
    const { forwarded, intake } = await gateway.status();
    const { committed, duplicates, waiting } = forwarded;
    if (waiting === 0 && committed + duplicates >= intake.taken) return;
    await pause(POLL_MS);
  }
}

function taken({ refusal }: { readonly refusal?: string }): void {
  if (refusal !== undefined) throw new CodedError('INTERNAL', refusal);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
