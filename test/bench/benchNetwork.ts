import { randomBytes, randomInt } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { genesisHashOf } from '@triflow/crypto';
import { CodedError, defined, type Genesis, limits } from '@triflow/protocol';
import { createConsensusLog, nodeFileSystem } from '@triflow/storage';
import { benchGenesis, benchSenders } from './benchGenesis.js';
import { BenchNode } from './benchNode.js';
import { seedReceiptLedger } from './receiptLedger.js';
import { Signing } from './signing.js';
import type { Workload } from './workloads.js';

const HOST = '127.0.0.1';
const PORTS_EACH = 3;
const PORT_MIN = 12_000;
const PORT_MAX = 30_000;
const PORT_ATTEMPTS = 50;
/** How far below its limit a signed height stays: blocks go on while the load is being signed. */
const WINDOW_SLACK = 8;

export interface NetworkOptions {
  readonly nodes: number;
  readonly senders: number;
  readonly blockIntervalMs: number;
  /** Folder for CPU profiles of the first validator. */
  readonly profile: string | undefined;
  /** Receipts that its ledger holds from the beginning. */
  readonly receipts?: number;
}

/** Validators on this machine: processes, LevelDB, Noise; connected directly, without a proxy. */
export class BenchNetwork {
  readonly genesis: Genesis;
  readonly nodes: readonly BenchNode[];
  readonly signing: Signing;
  readonly #folder: string;

  private constructor(genesis: Genesis, nodes: readonly BenchNode[], parts: NetworkParts) {
    this.genesis = genesis;
    this.nodes = nodes;
    this.signing = parts.signing;
    this.#folder = parts.folder;
  }

  /** Writes homes into a new temporary folder and starts every node. */
  static async start(options: NetworkOptions): Promise<BenchNetwork> {
    const { nodes: count, blockIntervalMs } = options;
    const chainId = `bench-${randomBytes(4).toString('hex')}`;
    const senders = benchSenders(options.senders);
    const genesis = benchGenesis({ chainId, nodes: count, blockIntervalMs, senders });
    const signing = new Signing({ chainId, genesisHash: genesisHashOf(genesis) }, senders);
    const folder = await mkdtemp(join(tmpdir(), 'triflow-bench-'));
    await writeFile(join(folder, 'genesis.json'), JSON.stringify(genesis));
    const seeded = join(folder, 'seeded');
    const { receipts = 0 } = options;
    const height =
      receipts === 0 ? 0 : await seedReceiptLedger({ folder: seeded, genesis, signing, receipts });
    const base = await freePorts(count * PORTS_EACH);
    const nodes: BenchNode[] = [];
    for (let index = 0; index < count; index += 1) {
      const plan = { folder, base, count, index, profile: options.profile, height };
      nodes.push(await prepareNode(plan));
    }
    if (height > 0) await rename(seeded, join(folder, 'v1', 'data', 'db'));
    const network = new BenchNetwork(genesis, nodes, { signing, folder });
    try {
      // Over a seeded ledger one node serves alone: no block is made while its pages are measured.
      const serving = height > 0 ? nodes.slice(0, 1) : nodes;
      await Promise.all(serving.map((node) => node.start()));
    } catch (error) {
      await network.stop();
      throw error;
    }
    return network;
  }

  node(turn: number): BenchNode {
    return defined(this.nodes[turn % this.nodes.length], 'bench network: a node');
  }

  /** The last height that a transaction signed now may name. */
  async lastValidHeight(): Promise<number> {
    const height = await this.node(0).client.height();
    return height + limits.transactionWindowMax - WINDOW_SLACK;
  }

  /** Commits what a workload needs before its commands can succeed. */
  async prepare(workload: Workload): Promise<void> {
    const until = await this.lastValidHeight();
    for (const sender of this.signing.senders) {
      const commands = workload.setup(sender);
      if (commands.length === 0) continue;
      const { bytes } = this.signing.sign(sender, commands, until);
      const outcome = await this.node(0).client.submitAndWait(bytes);
      if (outcome !== 'committed') {
        throw new CodedError('INTERNAL', `the setup of ${workload.name} was ${outcome}`);
      }
    }
  }

  /** Stops every node and deletes their homes. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

interface NetworkParts {
  readonly signing: Signing;
  readonly folder: string;
}

interface NodePlan {
  readonly folder: string;
  readonly base: number;
  readonly count: number;
  readonly index: number;
  readonly profile: string | undefined;
  /** Of the ledger that it starts with. */
  readonly height: number;
}

async function prepareNode(plan: NodePlan): Promise<BenchNode> {
  const { folder, base, index, profile, height } = plan;
  const id = `v${index + 1}`;
  const home = join(folder, id);
  await mkdir(home);
  await writeFile(join(home, 'triflow.toml'), configText(plan));
  // P10: a validator's key without its log would start quarantined.
  const dir = join(home, 'data', 'consensus');
  const log = await createConsensusLog({
    fs: nodeFileSystem,
    dir,
    height: height + 1,
    initial: [],
  });
  await log.close();
  const isProfiled = profile !== undefined && index === 0;
  const [http, , ops] = portsOf(base, index);
  return new BenchNode({
    id,
    home,
    url: `http://${HOST}:${http}`,
    opsUrl: `http://${HOST}:${ops}`,
    nodeArgs: isProfiled ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [],
  });
}

function configText({ base, count, index }: NodePlan): string {
  const [http, p2p, ops] = portsOf(base, index);
  const others = Array.from({ length: count }, (_, other) => other).filter((one) => one !== index);
  const peers = others.map((other) => `v${other + 1} = "${HOST}:${portsOf(base, other)[1]}"`);
  return `[node]
validator = "v${index + 1}"
genesis = "../genesis.json"
storage = "level"
logLevel = "warn"

[demoKeys]
label = "v${index + 1}"

[http]
port = ${http}

[ops]
port = ${ops}

[p2p]
port = ${p2p}

[p2p.peers]
${peers.join('\n')}
`;
}

function portsOf(base: number, index: number): readonly [number, number, number] {
  const first = base + index * PORTS_EACH;
  return [first, first + 1, first + 2];
}

async function freePorts(width: number): Promise<number> {
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt += 1) {
    const base = randomInt(PORT_MIN, PORT_MAX - width);
    const ports = Array.from({ length: width }, (_, offset) => base + offset);
    const free = await Promise.all(ports.map(canListen));
    if (free.every(Boolean)) return base;
  }
  throw new CodedError('PORT_IN_USE', `no ${width} free ports in a row`);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: HOST, port }, () => server.close(() => resolve(true)));
  });
}
