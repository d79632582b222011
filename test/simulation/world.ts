import { demoSeed, hashOf, publicKeyFromSeed, signSync, verifySignature } from '@triflow/crypto';
import { peerIdFromSeed } from '@triflow/network';
import { createNode, parseConfig, type RunningNode } from '@triflow/node';
import {
  assert,
  bytesFromHash,
  concatBytes,
  type Genesis,
  type Hash,
  hexFromBytes,
  type Logger,
  type PartyId,
  parseGenesis,
  possessionSignBytes,
  type Signer,
  signedTransactionBytes,
  transactionSignBytes,
  type ValidatorId,
} from '@triflow/protocol';
import { createLedgerStore, createMemoryStore, MemoryFileSystem } from '@triflow/storage';
import { Checkers } from './checkers.js';
import { counterContract } from './counterContract.js';
import { Random } from './random.js';
import { Scheduler } from './scheduler.js';
import { SimNetwork } from './simNetwork.js';

const START_MS = 1_700_000_000_000;
const SENDER = 'dev:SIM-CLIENT' as PartyId;

export interface WorldOptions {
  readonly seed: number;
  readonly nodes: number;
  /** Real Ed25519 instead of tokens that only the owner's code can make. */
  readonly realSignatures: boolean;
  /** A broken product, for the canary: a node without its log believes that it never signed. */
  readonly forgetsVotes?: boolean;
}

export interface SimMember {
  readonly index: number;
  readonly id: ValidatorId;
  readonly peerId: string;
  node: RunningNode | null;
  /** Grows with every crash: timers and messages of an earlier life are silent. */
  life: number;
  kv: ReturnType<typeof createMemoryStore>;
  fs: MemoryFileSystem;
}

/** A whole network in one thread on virtual time; one seed decides everything. */
export class World {
  readonly random: Random;
  readonly scheduler = new Scheduler(START_MS);
  readonly network: SimNetwork;
  readonly genesis: Genesis;
  readonly members: SimMember[];
  readonly checkers: Checkers;
  readonly trace: string[] = [];
  readonly #options: WorldOptions;
  #sent = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.random = new Random(options.seed);
    this.network = new SimNetwork(this.scheduler, this.random);
    this.genesis = simGenesis(options.nodes);
    this.checkers = new Checkers();
    this.members = this.genesis.validators.map((validator, index) => ({
      index,
      id: validator.id,
      peerId: validator.peerId,
      node: null,
      life: 0,
      kv: createMemoryStore(),
      fs: new MemoryFileSystem(),
    }));
  }

  /** Starts a node over whatever its disk still holds. */
  async start(member: SimMember): Promise<void> {
    member.life += 1;
    const { life } = member;
    const isAlive = (): boolean => member.life === life;
    const label = `v${member.index + 1}`;
    const config = parseConfig(configText(label), 'sim');
    this.note(member, 'starts');
    member.node = await createNode({
      home: '/sim',
      config,
      genesis: this.genesis,
      keys: {
        nodeSeed: demoSeed(`node-${label}`),
        signers: [this.#signer(member, isAlive) as never],
      },
      logger: this.#logger(member),
      contracts: [counterContract],
      fresh: life === 1 || this.#options.forgetsVotes === true,
      onFatal: (error) => {
        if (isAlive()) this.checkers.fatal(member.id, error);
      },
      environment: {
        clock: this.scheduler,
        timers: this.scheduler.timersFor(isAlive),
        createNetwork: (network) => this.network.join(member.peerId, network),
        createVerifier: () => ({
          verify: async (checks) => checks.map((check) => this.#verify(check)),
          stop: async () => undefined,
        }),
        openStores: async () => ({
          store: await createLedgerStore(member.kv),
          fs: member.fs,
          logDir: '/log',
          close: async () => undefined,
        }),
        pause: async () => undefined,
      },
    });
    const { node } = member;
    node.chain.onCommitted(({ height, valueId, execution }) => {
      if (!isAlive()) return;
      this.note(member, `commits ${height} ${valueId.slice(0, 8)}`);
      this.checkers.committed(member.id, height, valueId, execution);
    });
  }

  /** Power loss: nothing of this life is heard again, unsynced writes may be lost or torn. */
  crash(member: SimMember): void {
    if (member.node === null) return;
    this.note(member, 'crashes');
    this.checkers.crashed(member.id);
    member.life += 1;
    member.node = null;
    this.network.leave(member.peerId);
    member.fs.crash((bound) => this.random.below(bound));
  }

  /** The disk is lost with the crash: the node comes back with nothing but its key. */
  wipe(member: SimMember): void {
    this.crash(member);
    this.note(member, 'loses its disk');
    this.checkers.wiped(member.id);
    member.kv = createMemoryStore();
    member.fs = new MemoryFileSystem();
  }

  /** A client gives a transaction to one node. */
  async submit(member: SimMember, name: string): Promise<Hash | undefined> {
    const { node } = member;
    if (node === null) return undefined;
    this.#sent += 1;
    const nonce = bytesFromHash(hashOf(new Uint8Array([this.#sent & 255, this.#sent >> 8]))).slice(
      0,
      16,
    );
    const signBytes = transactionSignBytes({
      chainId: this.genesis.chainId,
      genesisHash: node.chain.binding.genesisHash,
      sender: SENDER,
      keyId: 'k1',
      nonce,
      validUntilHeight: node.chain.head().height + 200,
      commands: [{ contract: 'party-registry', name: 'add', params: { name } }],
    });
    const signature = this.#signWith(demoSeed('sim-client'), signBytes);
    const result = await node.admission.submit(signedTransactionBytes(signBytes, signature));
    if (!result.ok) return undefined;
    this.checkers.acknowledged(result.value.txId, member.id);
    return result.value.txId;
  }

  running(): SimMember[] {
    return this.members.filter((member) => member.node !== null);
  }

  heads(): number[] {
    return this.running().map((member) => member.node?.chain.head().height ?? 0);
  }

  note(member: SimMember, what: string): void {
    this.trace.push(`${this.scheduler.nowMs() - START_MS} ${member.id} ${what}`);
  }

  #signer(member: SimMember, isAlive: () => boolean): Signer {
    const seed = demoSeed(`v${member.index + 1}`);
    return {
      suite: 'ed25519',
      publicKey: publicKeyFromSeed(seed),
      sign: async (bytes) => {
        if (isAlive()) this.checkers.signed(member.id, bytes);
        return this.#signWith(seed, bytes);
      },
    };
  }

  #signWith(seed: Uint8Array, bytes: Uint8Array): Uint8Array {
    if (this.#options.realSignatures) return signSync(seed, bytes);
    return token(publicKeyFromSeed(seed), bytes);
  }

  #verify(check: { publicKey: Uint8Array; message: Uint8Array; signature: Uint8Array }): boolean {
    const { publicKey, message, signature } = check;
    if (this.#options.realSignatures) {
      return verifySignature('ed25519', publicKey, message, signature);
    }
    return hexFromBytes(token(publicKey, message)) === hexFromBytes(signature);
  }

  #logger(member: SimMember): Logger {
    const write = (event: string, facts?: Record<string, unknown>): void => {
      this.note(member, `${event} ${JSON.stringify(facts ?? {})}`);
    };
    return { debug: () => undefined, info: write, warn: write, error: write };
  }
}

function token(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const half = bytesFromHash(hashOf(concatBytes(publicKey, message)));
  return concatBytes(half, half);
}

function configText(label: string): string {
  return `
[node]
validator = "${label}"
storage = "memory"
logLevel = "silent"
[demoKeys]
label = "${label}"
[p2p]
port = 0
[http]
port = 0
[ops]
port = 0
`;
}

function simGenesis(nodes: number): Genesis {
  const chainId = 'sim';
  const operator = 'dev:SIM-OPERATOR' as PartyId;
  const key = (label: string) => ({
    keyId: 'k1',
    suite: 'ed25519' as const,
    publicKey: hexFromBytes(publicKeyFromSeed(demoSeed(label))),
  });
  const validators = Array.from({ length: nodes }, (_, index) => {
    const label = `v${index + 1}`;
    const seed = demoSeed(label);
    const publicKey = publicKeyFromSeed(seed);
    const peerId = peerIdFromSeed(demoSeed(`node-${label}`));
    const validatorId = label as ValidatorId;
    const suite = 'ed25519' as const;
    const possession = signSync(
      seed,
      possessionSignBytes({ chainId, validatorId, suite, publicKey, peerId }),
    );
    return {
      id: validatorId,
      party: operator,
      suite,
      publicKey: hexFromBytes(publicKey),
      peerId,
      power: 1 as const,
      possession: hexFromBytes(possession),
    };
  });
  const party = (id: PartyId, label: string) => ({
    id,
    name: label,
    roles: [],
    sizeClass: 'large' as const,
    keys: [key(label)],
  });
  const parsed = parseGenesis({
    format: 'triflow/genesis/1',
    chainId,
    timeMs: START_MS - 1_000,
    hashSuite: 'sha256',
    devnet: true,
    parameters: { stateTreeDepth: 6, heartbeatMs: 5_000 },
    contracts: [{ name: 'party-registry', version: 1, parameters: {} }],
    parties: [party(SENDER, 'sim-client'), party(operator, 'sim-operator')],
    validators,
    observers: [],
  });
  assert(parsed.ok, 'simGenesis');
  return parsed.value;
}
