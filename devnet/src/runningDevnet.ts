import { setTimeout as sleep } from 'node:timers/promises';
import { demoSeed, genesisHashOf } from '@triflow/crypto';
import { assert, CodedError, type Genesis, type Hash, textFromHash } from '@triflow/protocol';
import { accountFromSeed, type Client, createClient, http } from '@triflow/sdk';
import { DEMO_KEY_ID, demoParties, demoParty } from './demoParties.js';
import { Field, type Simulated, type Simulation } from './devices/field.js';
import { nextSeq, putOnAsset } from './devices/putOnAsset.js';
import type { Devnet, HeightTarget } from './devnet.js';
import { DEVNET_FILE_VERSION, type DevnetDescription, readDevnetFile } from './devnetFile.js';
import type { DevnetNode } from './devnetNode.js';
import { type DevnetHome, gatewaysHome, purgeHome } from './home.js';
import type { DevnetLock } from './lockFile.js';
import { readHeight, readStall, servesPage } from './nodeReads.js';
import type { PortBlock } from './ports.js';
import { commitProbe, type Probe } from './probe.js';
import { replaceFile } from './textFile.js';
import type { Transport } from './transports/transport.js';

const PROBE_ALIAS = 'governor';
const WAIT_MS = 60_000;
const POLL_MS = 50;

export interface RunningDevnetOptions {
  readonly home: DevnetHome;
  readonly lock: DevnetLock;
  readonly genesis: Genesis;
  readonly transport: Transport;
  readonly storage: 'kept' | 'memory';
  readonly base: PortBlock['base'];
  /** How far the network's clock was moved before. */
  readonly aheadMs: number;
  readonly onFailure?: (node: DevnetNode) => void;
}

/** A devnet whose nodes are there; keeps `devnet.json` true while it runs. */
export class RunningDevnet implements Devnet {
  readonly genesis: Genesis;
  readonly genesisHash: Hash;
  readonly portBase: number;
  readonly dir: string;
  readonly devnetFile: string;
  readonly nodes: readonly DevnetNode[];
  readonly urls: readonly string[];
  readonly stopped: Promise<void>;
  readonly #options: RunningDevnetOptions;
  readonly #attached: { stop(): Promise<void> }[] = [];
  readonly #failed = new Set<DevnetNode>();
  readonly #field: Field;
  #aheadMs: number;
  #pid: number | null = process.pid;
  #explorer: string | null = null;
  #scenario: string | null = null;
  #ready: DevnetDescription['ready'] = null;
  #written: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;
  #resolveStopped: () => void = () => undefined;

  constructor(options: RunningDevnetOptions) {
    this.#options = options;
    this.#aheadMs = options.aheadMs;
    this.genesis = options.genesis;
    this.genesisHash = genesisHashOf(options.genesis);
    this.portBase = options.base;
    this.dir = options.home.dir;
    this.devnetFile = options.home.description;
    this.nodes = options.transport.nodes;
    this.urls = this.nodes.map((node) => node.http);
    this.#field = new Field({
      dir: gatewaysHome(options.home),
      genesis: options.genesis,
      urls: this.urls,
      nowMs: () => Date.now() + this.#aheadMs,
    });
    this.stopped = new Promise((resolve) => {
      this.#resolveStopped = resolve;
    });
  }

  describe(): DevnetDescription {
    return {
      version: DEVNET_FILE_VERSION,
      chainId: this.genesis.chainId,
      genesisHash: textFromHash(this.genesisHash),
      pid: this.#pid,
      storage: this.#options.storage,
      nodes: this.nodes.map(describeNode),
      explorer: this.#explorer,
      parties: partiesOf(this.genesis),
      scenario: this.#scenario,
      ready: this.#ready,
    };
  }

  client(alias: string): Client {
    const party = demoParty(alias);
    if (party === undefined) {
      const known = demoParties.map((one) => one.alias).join(', ');
      throw new CodedError('REQUEST_INVALID', `there is no demo party ${alias}: ${known}`);
    }
    const seed = demoSeed(alias);
    return createClient({
      transport: http(this.urls),
      trust: { genesis: this.genesis },
      account: accountFromSeed({ party: party.id, keyId: DEMO_KEY_ID, seed }),
    });
  }

  probe({ timeoutMs = WAIT_MS }: { readonly timeoutMs?: number } = {}): Promise<Probe> {
    const party = demoParty(PROBE_ALIAS);
    assert(party !== undefined, 'probe: its party');
    const { genesis } = this;
    const urls = this.nodes.filter(({ state }) => state === 'running').map((node) => node.http);
    return commitProbe({ urls, genesis, alias: PROBE_ALIAS, party: party.id, timeoutMs });
  }

  async waitForHeight(target: HeightTarget): Promise<number> {
    const { timeoutMs = WAIT_MS } = target;
    const deadlineMs = performance.now() + timeoutMs;
    const height = 'height' in target ? target.height : (await this.#highest()) + target.plus;
    for (;;) {
      const heights = await this.#heights();
      if (heights.length > 0 && Math.min(...heights) >= height) return height;
      if (performance.now() > deadlineMs) {
        const message = `not at height ${height} within ${timeoutMs} ms: ${heights.join(', ')}`;
        throw new CodedError('OUTCOME_UNKNOWN', message, { details: { height, heights } });
      }
      await sleep(POLL_MS);
    }
  }

  async partition(groups: readonly (readonly number[])[]): Promise<void> {
    this.#options.transport.partition(groups);
  }

  async slow(index: number, { latencyMs }: { readonly latencyMs: number }): Promise<void> {
    this.#options.transport.slow(index, latencyMs);
  }

  async heal(): Promise<void> {
    this.#options.transport.heal();
  }

  async advanceClock(ms: number): Promise<void> {
    if (!Number.isSafeInteger(ms) || ms < 0) {
      throw new CodedError('REQUEST_INVALID', `a clock goes forward by whole milliseconds: ${ms}`);
    }
    this.#aheadMs += ms;
    await replaceFile(this.#options.home.clock, String(this.#aheadMs));
    await this.#options.transport.setClock(this.#aheadMs);
    await this.untilVoting(WAIT_MS);
  }

  gateway(alias: string): Promise<string> {
    return this.#field.gateway(alias);
  }

  async simulate({ asset, ...simulation }: Simulation): Promise<Simulated> {
    const client = (alias: string): Client => this.client(alias);
    if (asset !== undefined) await putOnAsset(client, { ...simulation, asset });
    const { firstSeq = await nextSeq(client, simulation.device) } = simulation;
    return this.#field.simulate({ ...simulation, firstSeq });
  }

  splits(): readonly (readonly number[])[] {
    return this.#options.transport.splits();
  }

  async noteScenario(name: string): Promise<void> {
    this.#scenario = name;
    await this.#write();
  }

  /** Says in `devnet.json` that the network is ready, and what it serves beside the API. */
  async noteReady(ready: { readonly height: number; readonly ms: number }): Promise<void> {
    const before = await readDevnetFile(this.devnetFile).catch(() => undefined);
    if (before?.chainId === this.genesis.chainId) this.#scenario = before.scenario;
    const [url] = this.urls;
    if (url !== undefined && (await servesPage(`${url}/`))) this.#explorer = `${url}/`;
    this.#ready = ready;
    await this.#write();
  }

  /** Something that ends with the devnet. */
  attach(part: { stop(): Promise<void> }): void {
    this.#attached.push(part);
  }

  /** A node's pid or state is another. */
  changed(): void {
    if (this.#ready === null) return;
    void this.#write();
    for (const node of this.nodes) {
      if (node.state !== 'failed') this.#failed.delete(node);
      else if (!this.#failed.has(node)) {
        this.#failed.add(node);
        this.#options.onFailure?.(node);
      }
    }
  }

  /** Waits until every node takes part: a block proposed before that costs a round. */
  async untilVoting(timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    while (performance.now() < deadlineMs) {
      const started = this.nodes.filter(({ state }) => state === 'running');
      const stalls = await Promise.all(started.map(({ ops }) => readStall(ops)));
      if (stalls.every((stall) => stall === undefined)) return;
      await sleep(POLL_MS);
    }
  }

  /** Stops the nodes alone, before anything was made of them. */
  stopNodes(): Promise<void> {
    return this.#options.transport.stop();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<void> {
    const { home, lock, transport } = this.#options;
    try {
      await this.#field.stop();
      await transport.stop();
      this.#pid = null;
      if (this.#ready !== null) await this.#write();
    } finally {
      await Promise.all(this.#attached.map((part) => part.stop()));
      await lock.release();
      if (home.temporary) await purgeHome(home);
      this.#resolveStopped();
    }
  }

  /** One write after another, each of what is true when its turn comes. */
  #write(): Promise<void> {
    this.#written = this.#written.then(() => {
      const text = `${JSON.stringify(this.describe(), null, 2)}\n`;
      return replaceFile(this.devnetFile, text);
    });
    return this.#written;
  }

  async #heights(): Promise<number[]> {
    const running = this.nodes.filter(({ state }) => state === 'running');
    return Promise.all(running.map(async (node) => (await readHeight(node.http)) ?? 0));
  }

  async #highest(): Promise<number> {
    return Math.max(0, ...(await this.#heights()));
  }
}

function describeNode(node: DevnetNode): DevnetDescription['nodes'][number] {
  const { index, nodeId, role, state, http: url, p2p, ops, home, pid, log } = node;
  return { index, nodeId, role, state, http: url, p2p, ops, home, pid, log };
}

/** The demo parties of a genesis, by alias. */
function partiesOf({ parties }: Genesis): DevnetDescription['parties'] {
  return demoParties.flatMap(({ alias, id }) => {
    const found = parties.find((one) => one.id === id);
    if (found === undefined) return [];
    return [{ id, alias, name: found.name, roles: found.roles, keystore: `demo:${alias}` }];
  });
}
