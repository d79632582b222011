import { X509Certificate } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { facilities, isFacilityLive } from '@triflow/contracts/schemas';
import { readRecord } from '@triflow/ledger';
import { limits } from '@triflow/protocol';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { RunningNode } from '../createNode.js';
import { quorumMargin } from '../health.js';
import { version } from '../version.js';
import { watchConsensus } from './watchConsensus.js';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const COMMAND_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25];
/** A height that needs more rounds than this has stalled: somebody is missing. */
const STALLED_ROUND = 3;
const OVER_MARGIN = ['margin_call', 'disposal'] as const;
const PROTOCOLS = ['consensus', 'gossip', 'request'] as const;

/** The node's figures in Prometheus form: base units, no ids as labels (experience section 4). */
export interface NodeMetrics {
  text(): Promise<string>;
}

export interface MetricsOptions {
  /** The folder of the database; undefined where it is kept in memory. */
  readonly databaseFolder?: string;
  /** PEM of the certificate that the API shows now; left out without TLS. */
  readonly certificate?: () => Buffer;
}

type Read = () => number;
type Labelled = readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

/** Registers the node's metrics and keeps them as it runs. */
export function createMetrics(node: RunningNode, options: MetricsOptions = {}): NodeMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'triflow_' });
  addConsensus(registry, node);
  addTransactions(registry, node);
  addNetwork(registry, node);
  addStorage(registry, node, options.databaseFolder);
  addBusiness(registry, node);
  addProgram(registry, options.certificate);
  return { text: () => registry.metrics() };
}

function addConsensus(registry: Registry, node: RunningNode): void {
  const { chain, driver, clock } = node;
  const registers = [registry];
  const round = (): number => (driver.isStarted() ? driver.state().round : -1);
  gauge(registry, 'consensus_height', 'Height of the last final block', () => chain.head().height);
  gauge(
    registry,
    'consensus_round',
    'Round of the height being decided, -1 before the first',
    round,
  );
  gauge(
    registry,
    'consensus_quorum_margin',
    'Validators reached from here beyond the quorum; below 0 no block can become final',
    () => quorumMargin(node),
  );
  gauge(
    registry,
    'consensus_stalled',
    `1 while the height being decided is beyond round ${STALLED_ROUND}, else 0`,
    () => (round() > STALLED_ROUND ? 1 : 0),
  );
  driver.onChange(watchConsensus(registry, () => performance.now()));
  const interval = new Histogram({
    name: 'triflow_consensus_block_interval_seconds',
    help: 'Time between final blocks, by block time, in seconds',
    buckets: SECONDS,
    registers,
  });
  const finality = new Histogram({
    name: 'triflow_consensus_finality_seconds',
    help: 'Time from the time of a block until it was final here, in seconds',
    buckets: SECONDS,
    registers,
  });
  let previousMs = chain.head().timeMs;
  chain.onCommitted(({ timeMs }) => {
    interval.observe((timeMs - previousMs) / 1_000);
    finality.observe(Math.max(0, clock.nowMs() - timeMs) / 1_000);
    previousMs = timeMs;
  });
}

function addTransactions(registry: Registry, { chain, commandMeter }: RunningNode): void {
  const registers = [registry];
  const { mempool } = chain;
  gauge(registry, 'mempool_transactions', 'Pending transactions', () => mempool.size);
  gauge(registry, 'mempool_bytes', 'Bytes of pending transactions', () => mempool.bytes);
  const total = new Counter({
    name: 'triflow_tx_total',
    help: 'Transactions in final blocks by command, `several` for a list of them, and outcome',
    labelNames: ['command', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'triflow_tx_execution_seconds',
    help: 'Time that a command took, in blocks and in dry runs before them, in seconds',
    labelNames: ['command'],
    buckets: COMMAND_SECONDS,
    registers,
  });
  // Finding a metric by its labels costs more than counting.
  const secondsOf = new Map<string, Histogram.Internal<'command'>>();
  commandMeter.onCommand((command, took) => {
    const known = secondsOf.get(command) ?? seconds.labels({ command });
    secondsOf.set(command, known);
    known.observe(took);
  });
  chain.onCommitted(({ execution, commands }) => {
    const counts = new Map<string, { committed: number; rejected: number }>();
    for (const [index, command] of commands.entries()) {
      const count = counts.get(command) ?? { committed: 0, rejected: 0 };
      count[execution.results[index]?.number === 0 ? 'committed' : 'rejected'] += 1;
      counts.set(command, count);
    }
    for (const [command, { committed, rejected }] of counts) {
      if (committed > 0) total.inc({ command, outcome: 'committed' }, committed);
      if (rejected > 0) total.inc({ command, outcome: 'rejected' }, rejected);
    }
  });
}

function addNetwork(registry: Registry, { network, sync, chain }: RunningNode): void {
  gauge(registry, 'p2p_peers', 'Connected peers', () => network.connectedPeers().length);
  const bytes = new Counter({
    name: 'triflow_p2p_bytes_total',
    help: 'Bytes of messages to (out) and from (in) peers by protocol',
    labelNames: ['direction', 'protocol'],
    registers: [registry],
    collect() {
      const stats = network.stats();
      this.reset();
      for (const protocol of PROTOCOLS) {
        this.inc({ direction: 'in', protocol }, stats[protocol].bytesIn);
        this.inc({ direction: 'out', protocol }, stats[protocol].bytesOut);
      }
    },
  });
  bytes.reset();
  gauge(registry, 'sync_lag_blocks', 'Blocks behind the highest head that peers report', () =>
    Math.max(0, sync.highestHead() - chain.head().height),
  );
}

function addStorage(registry: Registry, { store }: RunningNode, folder: string | undefined): void {
  const bytes = async (): Promise<Readonly<Record<string, number>>> => (await store.stats()).bytes;
  labelled(registry, 'storage_bytes', 'Bytes on disk by store, roughly', ['store'], async () => {
    return Object.entries(await bytes()).map(([name, size]) => [{ store: name }, size] as const);
  });
  labelled(
    registry,
    'storage_reclaimable_bytes',
    'Bytes of the database beyond its stores: write-ahead log, and what compaction would free',
    [],
    async () => {
      const live = Object.values(await bytes()).reduce((sum, size) => sum + size, 0);
      return [[{}, Math.max(0, (await bytesOfFolder(folder)) - live)]];
    },
  );
}

function addBusiness(registry: Registry, { chain }: RunningNode): void {
  const help = 'Live pledges whose last valuation is over the margin-call line, counted to 1,000';
  labelled(registry, 'pledges_over_margin', help, [], async () => {
    const { reader } = chain.state();
    const { height } = chain.head();
    let count = 0;
    for (const line of OVER_MARGIN) {
      const prefix = `${facilities.contract}/${facilities.name}/line/${line}/`;
      const limit = Math.min(1_000, limits.storeListMax);
      for (const key of await chain.store.listIndex({ prefix, limit, height })) {
        const facility = readRecord(reader, facilities, key.slice(prefix.length));
        if (facility !== undefined && isFacilityLive(facility.state)) count += 1;
      }
    }
    return [[{}, count]];
  });
}

function addProgram(registry: Registry, certificate: MetricsOptions['certificate']): void {
  labelled(
    registry,
    'build_info',
    'Always 1; the version of this program',
    ['version'],
    async () => [[{ version }, 1]],
  );
  const help = 'When the TLS certificate of a listener ends, in seconds since 1970';
  labelled(registry, 'tls_expiry_timestamp_seconds', help, ['listener'], async () => {
    if (certificate === undefined) return [];
    const endsMs = Date.parse(new X509Certificate(certificate()).validTo);
    return [[{ listener: 'http' }, endsMs / 1_000]];
  });
}

function gauge(registry: Registry, name: string, help: string, read: Read): void {
  labelled(registry, name, help, [], async () => [[{}, read()]]);
}

/** A gauge that is read anew whenever somebody asks. */
function labelled(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  read: () => Promise<Labelled>,
): void {
  new Gauge({
    name: `triflow_${name}`,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    async collect() {
      const values = await read();
      this.reset();
      for (const [labels, value] of values) this.set(labels, value);
    },
  });
}

async function bytesOfFolder(folder: string | undefined): Promise<number> {
  if (folder === undefined) return 0;
  const names = await readdir(folder).catch(() => []);
  // A file may go between its name and its size: compaction replaces them.
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
