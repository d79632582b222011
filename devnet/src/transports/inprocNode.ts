import { demoSeed, signerFromSeed, verifySignature } from '@triflow/crypto';
import type { MemoryHub, Network } from '@triflow/network';
import { type NodeEnvironment, parseConfig, type ServingNode, serveNode } from '@triflow/node';
import { CodedError, type Genesis, type Logger } from '@triflow/protocol';
import {
  createLedgerStore,
  createMemoryStore,
  MemoryDisk,
  MemoryFileSystem,
} from '@triflow/storage';
import type { NodeState } from '../devnetFile.js';
import type { DevnetNode, NodeStartOptions } from '../devnetNode.js';
import { nodeConfigText } from '../nodeConfig.js';
import { HOST, type NodePorts } from '../ports.js';
import { Standstill } from './standstill.js';

const INPROC = { logLevel: 'silent', clockAheadMs: 0 };

export interface InprocNodeOptions {
  readonly index: number;
  readonly nodeId: string;
  readonly genesis: Genesis;
  readonly ports: NodePorts;
  readonly hub: MemoryHub;
  readonly logger: Logger;
  readonly onChange: () => void;
}

/** One start of a node, up to its stop or crash. */
interface Life {
  readonly serving: ServingNode;
  readonly network: Network;
}

/** A node inside this process: its disk is memory that outlives its crashes, its HTTP is real. */
export class InprocNode implements DevnetNode {
  readonly index: number;
  readonly nodeId: string;
  readonly role: 'validator' | 'observer';
  readonly home = null;
  readonly log = null;
  readonly pid = null;
  readonly http: string;
  readonly p2p: string;
  readonly ops: string;
  /** Holds this node's timers and messages while it is paused. */
  readonly standstill = new Standstill();
  readonly #options: InprocNodeOptions;
  readonly #disk = new MemoryDisk();
  readonly #files = new MemoryFileSystem();
  #life: Life | undefined;
  readonly #keys: string[] = [];
  #aheadMs = 0;
  #state: NodeState = 'stopped';

  constructor(options: InprocNodeOptions) {
    this.#options = options;
    const { http, p2p, ops } = options.ports;
    this.index = options.index;
    this.nodeId = options.nodeId;
    const { validators } = options.genesis;
    this.role = options.index < validators.length ? 'validator' : 'observer';
    this.http = `http://${HOST}:${http}`;
    this.p2p = `${HOST}:${p2p}`;
    this.ops = `http://${HOST}:${ops}`;
  }

  get state(): NodeState {
    return this.#state;
  }

  /** Its clock is so far ahead of the machine's, from now on. */
  setClock(aheadMs: number): void {
    this.#aheadMs = aheadMs;
  }

  async addKey(label: string): Promise<void> {
    this.#keys.push(label);
  }

  async start({ endQuarantine = false }: NodeStartOptions = {}): Promise<void> {
    if (this.#state === 'running' || this.#state === 'starting') return;
    if (this.#state === 'paused') throw refused(`${this.nodeId} is paused: resume it`);
    this.#set('starting');
    try {
      this.#life = await this.#serve(endQuarantine);
    } catch (error) {
      this.#set('failed');
      throw error;
    }
    this.#set('running');
  }

  async stop(): Promise<void> {
    const life = this.#end('stopped');
    await life?.serving.stop();
  }

  async kill(): Promise<void> {
    const life = this.#end('killed');
    if (life === undefined) return;
    // First nothing more leaves it, then its disks lose what was not synced.
    await life.network.stop();
    this.#disk.crash(0);
    this.#files.crash(() => 0);
    await life.serving.stop().catch(() => undefined);
  }

  async pause(): Promise<void> {
    if (this.#state === 'paused') return;
    if (this.#state !== 'running') throw refused(`${this.nodeId} is ${this.#state}`);
    this.standstill.begin();
    this.#set('paused');
  }

  async resume(): Promise<void> {
    if (this.#state !== 'paused') return;
    this.#set('running');
    this.standstill.end();
  }

  async #serve(endQuarantine: boolean): Promise<Life> {
    const { genesis, nodeId, logger } = this.#options;
    const seed = {
      nodeSeed: demoSeed(`node-${nodeId}`),
      signers: [nodeId, ...this.#keys].map((label) => signerFromSeed(demoSeed(label))),
    };
    let network: Network | undefined;
    let onFatal = (): void => this.#set('failed');
    const environment: Partial<NodeEnvironment> = {
      clock: { nowMs: () => Date.now() + this.#aheadMs },
      timers: this.standstill.timers(),
      createNetwork: (options) => {
        network = this.#options.hub.createNetwork(options);
        return network;
      },
      createVerifier: () => ({
        verify: async (checks) => {
          return checks.map(({ suite, publicKey, message, signature }) => {
            return verifySignature(suite, publicKey, message, signature);
          });
        },
        stop: async () => undefined,
      }),
      openStores: async () => {
        const store = await createLedgerStore(createMemoryStore(this.#disk));
        return { store, fs: this.#files, logDir: '/log', close: () => store.close() };
      },
    };
    const serving = await serveNode({
      home: '',
      config: parseConfig(this.#configText(), nodeId),
      genesis,
      keys: seed,
      logger,
      environment,
      onFatal: () => onFatal(),
      // Its files outlive it here, so a missing log means a first start.
      fresh: true,
      ...(endQuarantine && { endQuarantine: { lost: [] } }),
    });
    if (network === undefined) throw refused(`${nodeId} has no network`);
    onFatal = () => {
      if (this.#life?.serving === serving) this.#set('failed');
    };
    return { serving, network };
  }

  #configText(): string {
    const { nodeId, ports } = this.#options;
    const peers = new Map<string, string>();
    return nodeConfigText({ nodeId, ports, peers, storage: 'memory', ...INPROC });
  }

  #end(state: NodeState): Life | undefined {
    const life = this.#life;
    this.#life = undefined;
    if (life === undefined) return undefined;
    this.standstill.end();
    this.#set(state);
    return life;
  }

  #set(state: NodeState): void {
    this.#state = state;
    this.#options.onChange();
  }
}

function refused(message: string): CodedError {
  return new CodedError('REQUEST_INVALID', message);
}
