import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { demoSeed, signerFromSeed } from '@triflow/crypto';
import { DEMO_KEY_ID, type Devnet, demoParty, startDevnet } from '@triflow/devnet';
import { type Gateway, parseConfig, startGateway } from '@triflow/gateway';
import { defined } from '@triflow/protocol';
import { accountFromSeed, type SignedReadings, signReadings } from '@triflow/sdk';

/**
 * Readings a second that one gateway carries into committed batches, for both kinds of batch, and
 * what it holds in memory while there is no ledger.
 *
 *     node test/dist/bench/gatewayBench.js --readings 50000 --per-message 10
 */
const DEVICE = 'dv_bench';
const POLL_MS = 50;
const PARALLEL = 64;
const MIB = 1_048_576;
const silent = { debug: noop, info: noop, warn: noop, error: noop };

await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      readings: { type: 'string', default: '50000' },
      'per-message': { type: 'string', default: '10' },
      away: { type: 'string', default: '300000' },
    },
  });
  const count = Number(values.readings);
  const perMessage = Number(values['per-message']);
  const home = await mkdtemp(join(tmpdir(), 'triflow-gateway-bench-'));
  const net = await startDevnet({ nodes: 1, direct: true });
  try {
    await bindDevice(net);
    say(`${count} readings of one device, ${perMessage} a message, over HTTP; one validator`);
    await measure('submitted', net, home, count, perMessage);
    await measure('anchored', net, home, count, perMessage);
    await measureAway(net, home, Number(values.away), 200);
  } finally {
    await net.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function measure(
  kind: 'submitted' | 'anchored',
  net: Devnet,
  home: string,
  count: number,
  perMessage: number,
): Promise<void> {
  const firstSeq = (await lastSeq(net)) + 1;
  const messages = await signed(firstSeq, count, perMessage);
  const gateway = await start(net, home, kind === 'anchored');
  const before = process.cpuUsage();
  const startMs = performance.now();
  await post(gateway, messages);
  const takenMs = performance.now() - startMs;
  while ((await lastSeq(net)) < firstSeq + count - 1) await pause(POLL_MS);
  const seconds = (performance.now() - startMs) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const cores = (user + system) / 1_000_000 / seconds;
  await gateway.stop();
  const rate = Math.round(count / seconds);
  const taken = Math.round(count / (takenMs / 1_000));
  say(`${kind}: ${rate} readings/s committed, ${taken}/s taken, ${cores.toFixed(2)} cores`);
}

/** The ledger is away: the spool grows on disk, the process does not. */
async function measureAway(
  net: Devnet,
  home: string,
  count: number,
  perMessage: number,
): Promise<void> {
  const firstSeq = (await lastSeq(net)) + 1;
  const gateway = await start(net, home, true);
  await post(gateway, await signed(firstSeq, perMessage, perMessage));
  await net.nodes[0]?.kill();
  const sizes: number[] = [];
  const part = Math.floor(count / 5);
  for (let at = 0; at < 5; at += 1) {
    await post(gateway, await signed(firstSeq + perMessage + at * part, part, perMessage));
    sizes.push(process.memoryUsage().rss / MIB);
  }
  say(
    `ledger away: ${count} readings on disk, ${sizes.map((size) => size.toFixed(0)).join(' ')} MiB`,
  );
  await gateway.stop();
}

async function bindDevice(net: Devnet): Promise<void> {
  const bind = await net.client('warehouse').devices.bindDevice({
    id: DEVICE,
    party: defined(demoParty('device-1'), 'device-1').id,
    gateway: defined(demoParty('carrier'), 'carrier').id,
    witness: defined(demoParty('supervisor'), 'supervisor').id,
    kinds: [{ kind: 'TEMPERATURE', maxGapMs: 900_000 }],
    maxClockSkewMs: 86_400_000,
    asset: 'lt_bench',
  });
  await bind.commit();
  const sign = { id: DEVICE, pendingId: 'bind-device-1' };
  await (await net.client('supervisor').devices.countersign(sign)).commit();
}

function start(net: Devnet, home: string, anchored: boolean): Promise<Gateway> {
  const { nodes, genesisHash } = net.describe();
  const toml = `
[gateway]
logLevel = "silent"
[chain]
nodes = [${nodes.map(({ http }) => JSON.stringify(http)).join(', ')}]
genesisHash = "${genesisHash}"
[account]
keystore = "unused"
[http]
port = 0
[submit]
deadlineMs = 10000
[devices]
enabled = true
maxDelayMs = 500
anchor = [${anchored ? JSON.stringify(DEVICE) : ''}]
`;
  const account = accountFromSeed({
    party: defined(demoParty('carrier'), 'carrier').id,
    keyId: DEMO_KEY_ID,
    seed: demoSeed('carrier'),
  });
  const config = parseConfig(toml, 'gateway.toml');
  return startGateway({ home: join(home, 'gateway'), config, account, logger: silent });
}

/** Messages signed before the clock starts. */
async function signed(firstSeq: number, count: number, perMessage: number): Promise<string[]> {
  const key = signerFromSeed(demoSeed('device-1'));
  const time = Date.now();
  const texts: string[] = [];
  for (let from = 0; from < count; from += perMessage) {
    const readings: SignedReadings['readings'][number][] = [];
    for (let at = from; at < Math.min(count, from + perMessage); at += 1) {
      readings.push({ seq: firstSeq + at, time, kind: 'TEMPERATURE', values: [400 + (at % 50)] });
    }
    const message = { device: DEVICE, keyId: DEMO_KEY_ID, readings };
    texts.push(await signReadings(message, (bytes) => key.sign(bytes)));
  }
  return texts;
}

async function post(gateway: Gateway, texts: readonly string[]): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let text = texts[next++]; text !== undefined; text = texts[next++]) {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${gateway.url}/v1/readings`, {
        method: 'POST',
        headers,
        body: text,
      });
      if (answer.status !== 202) throw new TypeError(`refused: ${await answer.text()}`);
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

async function lastSeq(net: Devnet): Promise<number> {
  const { data } = await net.client('warehouse').devices.get(DEVICE);
  return data?.lastSeq ?? 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function noop(): void {}
