import type { ConsensusState } from '@triflow/consensus';
import { allContracts, partyRegistry } from '@triflow/contracts';
import { demoSeed, hashOf, type SeedSigner, type SignatureCheck } from '@triflow/crypto';
import type { Network, NetworkOptions } from '@triflow/network';
import {
  ChainReader,
  createNode,
  type NodeEnvironment,
  type NodeOptions,
  parseConfig,
  type RunningNode,
} from '@triflow/node';
import {
  bytesFromHash,
  type Command,
  encodeCanonical,
  equalBytes,
  type Genesis,
  isCodedError,
  type Logger,
  type PartyId,
  signedTransactionBytes,
  transactionSignBytes,
  type ValidatorId,
} from '@triflow/protocol';
import {
  createLedgerStore,
  createMemoryStore,
  MemoryDisk,
  MemoryFileSystem,
  type Pick,
} from '@triflow/storage';
import { auditChain } from './auditChain.js';
import { Checkers } from './checkers.js';
import { corruptAnswers, corruptNetwork, type Liar } from './corruptNetwork.js';
import { counterContract, counterTable } from './counterContract.js';
import { isSlotDurable, leadsTo } from './durability.js';
import { filesOfLife } from './filesOfLife.js';
import type { Plan, Role } from './plan.js';
import { Random } from './random.js';
import { Scheduler } from './scheduler.js';
import { SeenEvidence } from './seenEvidence.js';
import { CLIENT, labelOf, nextKeyLabel, START_MS, simGenesis, simPeerId } from './simGenesis.js';
import { simKey, verifiesReal } from './simKeys.js';
import { SimNetwork } from './simNetwork.js';
import { configText, silent, token } from './simNode.js';
import { storedBody } from './storedBody.js';

const VALID_FOR_BLOCKS = 200;
const LOG_DIR = '/log';
export const simContracts = [
  partyRegistry,
  counterContract,
  ...allContracts.filter(({ name }) => name === 'governance'),
];

export interface WorldOptions {
  readonly plan: Plan;
  readonly keepTrace: boolean;
  /** A broken product, for the canary: a node without its log believes that it never signed. */
  readonly forgetsVotes?: boolean;
  /** Whether a member may stop with this error: it is then down until somebody starts it. */
  readonly mayStop?: (member: SimMember, error: unknown) => boolean;
  /** One member has its data on the machine's own disk. */
  readonly disk?: RealDisk;
}

export interface RealDisk {
  readonly index: number;
  readonly environment: Partial<NodeEnvironment>;
  /** Ends when nothing is being read or written any more: virtual time waits for it. */
  readonly settled: () => Promise<void>;
}

/** A node and its disks; a twin has a second copy under the same key. */
export interface SimMember {
  readonly index: number;
  readonly id: ValidatorId;
  readonly peerId: string;
  readonly address: string;
  readonly role: Role | null;
  node: RunningNode | null;
  /** Grows with every crash: timers and messages of an earlier life are silent. */
  life: number;
  disk: MemoryDisk;
  fs: MemoryFileSystem;
}

/** A whole network in one thread on virtual time; one seed decides everything. */
export class World {
  readonly plan: Plan;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly network: SimNetwork;
  readonly genesis: Genesis;
  readonly members: SimMember[];
  readonly checkers: Checkers;
  readonly trace: string[] = [];
  readonly #options: WorldOptions;
  readonly #seenEvidence = new SeenEvidence();
  #sent = 0;
  #diskSteps = new Map<number, number>();
  /** Members whose disk has failed in this life. */
  readonly #diskFailed = new Set<number>();
  /** Addresses of those that are about to end in good order. */
  readonly #stopping = new Set<string>();
  /** Members whose disk has too little room. */
  readonly #full = new Set<number>();
  /** Members whose log was damaged, until they have started over it. */
  readonly #damaged = new Set<number>();

  constructor(options: WorldOptions) {
    const { plan } = options;
    this.#options = options;
    this.plan = plan;
    this.random = new Random(plan.seed);
    this.scheduler = new Scheduler(START_MS, options.disk?.settled);
    this.network = new SimNetwork(this.scheduler, this.random, (address, error) => {
      const member = this.members.find((one) => one.address === address);
      if (member !== undefined) this.checkers.fatal(member.id, error);
    });
    this.genesis = simGenesis(plan);
    const liars = new Map(plan.byzantine.map(({ member, role }) => [member, role]));
    this.checkers = new Checkers(new Set([...liars.keys()].map(labelOf)));
    const indexes = Array.from({ length: plan.nodes + plan.spares }, (_, index) => index);
    this.members = indexes.map((index) => this.#member(index, liars.get(index) ?? null, ''));
    for (const { member, role } of plan.byzantine) {
      if (role === 'twin') this.members.push(this.#member(member, role, '#2'));
    }
    for (const { member, step } of plan.diskFaults) this.#diskSteps.set(member, step);
  }

  /** Starts a node over whatever its disk still holds. */
  async start(member: SimMember, word: NodeOptions['endQuarantine'] = undefined): Promise<void> {
    // Whose orderly end takes too long is killed first.
    if (this.#stopping.has(member.address)) this.crash(member);
    member.life += 1;
    const { life } = member;
    const isAlive = (): boolean => member.life === life;
    this.note(member, 'starts');
    const node = await createNode({
      home: '/sim',
      config: parseConfig(configText(member.id), 'sim'),
      genesis: this.genesis,
      keys: {
        nodeSeed: demoSeed(`node-${member.id}`),
        signers: [member.id, nextKeyLabel(member.index)].map((label) => {
          return this.#signer(member, label, isAlive);
        }),
      },
      logger: this.#logger(member),
      contracts: simContracts,
      fresh: life === 1 || this.#options.forgetsVotes === true,
      onFatal: (error) => this.#failed(member, life, error),
      ...(word !== undefined && { endQuarantine: word }),
      environment: this.#environment(member, isAlive),
    }).catch((error: unknown) => {
      this.#failed(member, life, error);
      return null;
    });
    if (node === null || !isAlive()) return;
    member.node = node;
    const { chain } = node;
    const head = chain.head();
    const isHeard = member.role === null && this.plan.realSignatures;
    if (isHeard) this.#seenEvidence.watch(node);
    this.checkers.reopened(member.id, head.height, head.valueId);
    for (const at of [head.height + 1, head.height + 2]) {
      if (member.role === null) this.checkers.knowsSet(member.id, at, chain.validatorSet(at));
    }
    chain.onCommitted((committed) => {
      if (!isAlive()) return;
      const { height, valueId } = committed;
      this.note(member, `commits ${height} ${valueId.slice(0, 8)}`);
      const sets = [chain.validatorSet(height + 1), chain.validatorSet(height + 2)] as const;
      const decided = node.driver.state();
      this.checkers.committed(member.id, { ...committed, sets, decided });
    });
    // A block that was decided before the crash is committed in the start, unheard.
    if (member.role !== null) return;
    const { height, valueId } = head;
    this.checkers.committedUnheard(height, valueId, await storedBody(node, height));
  }

  /** Power loss: nothing of this life is heard again, unsynced writes may be lost or torn. */
  crash(member: SimMember, pick: Pick = (bound) => this.random.below(bound)): void {
    this.note(member, 'crashes');
    this.checkers.crashed(member.id);
    this.#leave(member);
    member.fs.crash(pick);
    member.disk.crash(pick(member.disk.unsynced + 1));
  }

  /** The disk is lost with the crash: the node comes back with nothing but its key. */
  wipe(member: SimMember): void {
    this.crash(member);
    this.note(member, 'loses its disk');
    this.checkers.wiped(member.id);
    member.disk = new MemoryDisk();
    member.fs = new MemoryFileSystem();
  }

  /** The log is lost with the crash, the database is not. */
  forget(member: SimMember): void {
    this.crash(member);
    this.note(member, 'loses its log');
    this.checkers.forgotten(member.id);
    member.fs = new MemoryFileSystem();
  }

  /** Power loss, and a bit of what was on the disk of its log is another afterwards. */
  flip(member: SimMember): void {
    this.crash(member);
    const files = member.fs.files().filter((path) => (member.fs.durable(path)?.length ?? 0) > 0);
    const path = files[this.random.below(files.length)];
    if (path === undefined) return;
    this.note(member, `has a flipped bit in ${path}`);
    this.#damaged.add(member.index);
    this.checkers.forgotten(member.id);
    member.fs.damage(path, (bytes) => {
      const at = this.random.below(bytes.length);
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << this.random.below(8));
      return damaged;
    });
  }

  /** From now on the disk of the log has only so much room. */
  fill(member: SimMember, roomBytes: number): void {
    this.note(member, `has room for ${roomBytes} bytes`);
    this.#full.add(member.index);
    this.#diskFailed.add(member.index);
    member.fs.limitTo(roomBytes);
  }

  /** There is room again; whoever stopped for want of it is started. */
  async empty(member: SimMember): Promise<void> {
    if (!this.#full.delete(member.index)) return;
    this.#diskFailed.delete(member.index);
    member.fs.capacityBytes = Number.MAX_SAFE_INTEGER;
    if (member.node === null) await this.start(member);
  }

  /** P11: the operator's word, given when all are up: a quarantined node signs again. */
  async vouchFor(member: SimMember): Promise<void> {
    if (stateOf(member)?.mode !== 'quarantined') return;
    this.crash(member);
    this.checkers.vouched(member.id);
    await this.start(member, { lost: [] });
  }

  /** An orderly end. */
  async stop(member: SimMember): Promise<void> {
    const { node } = member;
    if (node === null) return;
    this.note(member, 'stops');
    this.checkers.crashed(member.id);
    member.node = null;
    const { life } = member;
    this.#stopping.add(member.address);
    // The last flush meets the failing disk like any other.
    await node.stop().catch((error: unknown) => this.#failed(member, life, error));
    if (member.life !== life) return;
    this.#stopping.delete(member.address);
    this.#leave(member);
    await this.#replays(member, node);
  }

  /** A client gives a transaction to one node. */
  async submit(member: SimMember, name: string, validForBlocks?: number): Promise<void> {
    const command = { contract: 'counter', name: 'add', params: { name } };
    await this.send(member, CLIENT, 'client', [command], validForBlocks);
  }

  /** A party's commands to one node; whether it took them. */
  async send(
    member: SimMember,
    sender: PartyId,
    label: string,
    commands: readonly Command[],
    validForBlocks = VALID_FOR_BLOCKS,
  ): Promise<boolean> {
    const { node } = member;
    if (node === null) return false;
    this.#sent += 1;
    const nonce = bytesFromHash(hashOf(encodeCanonical(['sim', this.#sent]))).slice(0, 16);
    const validUntilHeight = node.chain.head().height + validForBlocks;
    const signBytes = transactionSignBytes({
      chainId: this.genesis.chainId,
      genesisHash: node.chain.binding.genesisHash,
      sender,
      keyId: 'k1',
      nonce,
      validUntilHeight,
      commands: [...commands],
    });
    const bytes = signedTransactionBytes(signBytes, this.#signWith(label, signBytes));
    const result = await node.admission.submit(bytes);
    if (result.ok && member.role === null) {
      this.checkers.acknowledged(result.value.txId, bytes, validUntilHeight);
    }
    return result.ok;
  }

  running(): SimMember[] {
    return this.members.filter((member) => member.node !== null);
  }

  /** Correct nodes that run and that the chain still admits. */
  correct(): SimMember[] {
    const able = this.running().filter((member) => member.role === null);
    const leader = able.reduce<SimMember | undefined>((best, member) => {
      return headOf(member) > headOf(best) ? member : best;
    }, undefined);
    const admitted = leader?.node?.network.connectedPeers() ?? [];
    return able.filter((member) => member === leader || admitted.includes(member.peerId));
  }

  note(member: SimMember, what: string): void {
    if (!this.#options.keepTrace) return;
    this.trace.push(`${this.scheduler.nowMs() - START_MS} ${member.address} ${what}`);
  }

  /** Looks at every correct node's state: I5, I12. */
  look(): void {
    for (const { id, node, role } of this.members) {
      if (role === null && node?.driver.isStarted() === true) {
        this.checkers.looked(id, node.driver.state());
      }
    }
  }

  /** I2, I3, I9, I16 over every correct node's whole chain; I7 over its last height. */
  async audit(): Promise<void> {
    const members = this.correct();
    for (const { id, node } of members) {
      if (node === null) continue;
      const verify = (check: SignatureCheck): boolean => this.#verify(check);
      await auditChain(node, id, { verify, seen: this.#seenEvidence }, this.checkers);
    }
    for (const member of members) await this.stop(member);
  }

  /** I11: a client reads a counter at the head of one node. */
  async read(member: SimMember, name: string): Promise<void> {
    const { node, role } = member;
    if (node === null || role !== null) return;
    const reader = await new ChainReader(node.chain).reader();
    if (!reader.ok) return this.checkers.fail(`I11: ${member.id} does not answer`);
    const record = await reader.value.get(counterTable, name);
    this.checkers.read(member.id, reader.value.height, name, record?.value ?? 0);
    return undefined;
  }

  /** I7, of a node that ended in good order: what nobody heard of may be lost with the disk. */
  async #replays(member: SimMember, node: RunningNode): Promise<void> {
    if (node.fatal() !== undefined || member.role !== null || this.#isOnDisk(member)) return;
    if (this.#diskFailed.has(member.index)) return;
    const live = node.driver.state();
    if (await leadsTo(member.fs, LOG_DIR, live)) return;
    this.checkers.fail(`I7: ${member.id} at ${live.base.height} is not what its log says`);
  }

  #member(index: number, role: Role | null, suffix: string): SimMember {
    const id = labelOf(index);
    const state = { node: null, life: 0, disk: new MemoryDisk(), fs: new MemoryFileSystem() };
    return { index, id, peerId: simPeerId(index), address: `${id}${suffix}`, role, ...state };
  }

  #environment(member: SimMember, isAlive: () => boolean): Partial<NodeEnvironment> {
    const skewMs = this.plan.skews[member.index] ?? 0;
    return {
      clock: { nowMs: () => this.scheduler.nowMs() + skewMs },
      timers: this.scheduler.timersFor(isAlive),
      createNetwork: (network) => this.#networkOf(member, network),
      createVerifier: () => ({
        verify: async (checks) => checks.map((check) => this.#verify(check)),
        stop: async () => undefined,
      }),
      openStores: async () => {
        this.#armDisk(member);
        const store = await createLedgerStore(createMemoryStore(member.disk));
        const fs = filesOfLife(member.fs, isAlive);
        return { store, fs, logDir: LOG_DIR, close: () => store.close() };
      },
      pause: async () => undefined,
      ...(this.#isOnDisk(member) ? this.#options.disk?.environment : {}),
    };
  }

  #isOnDisk(member: SimMember): boolean {
    return this.#options.disk?.index === member.index;
  }

  #networkOf(member: SimMember, options: NetworkOptions): Network {
    const { role, address, peerId } = member;
    if (role === null || role === 'twin') return this.network.join(address, peerId, options);
    const liar: Liar = {
      role,
      random: this.random,
      node: () => member.node,
      sign: (bytes) => this.#signWith(member.id, bytes),
    };
    return corruptNetwork(this.network.join(address, peerId, corruptAnswers(options, liar)), liar);
  }

  /** P9: one step on a member's disk fails once; the process must stop, and may come back. */
  #armDisk(member: SimMember): void {
    const step = this.#diskSteps.get(member.index);
    if (step === undefined) return;
    member.fs.onOperation = ({ index }) => {
      if (index !== step) return 'none';
      this.#diskFailed.add(member.index);
      return 'fail';
    };
  }

  #failed(member: SimMember, life: number, error: unknown): void {
    if (member.life !== life) return;
    if (this.#options.mayStop?.(member, error) === true) {
      this.note(member, `stops: ${String(error)}`);
      this.crash(member);
      return;
    }
    if (this.#isOfFullDisk(member, error)) {
      this.note(member, `stops: ${String(error)}`);
      this.crash(member);
      return;
    }
    if (this.#isOfDamage(member, error)) {
      // What the refusal tells the operator to do: `triflow doctor --fix`.
      this.note(member, `refuses: ${String(error)}`);
      this.forget(member);
      void this.start(member);
      return;
    }
    const expected = this.#diskSteps.has(member.index);
    if (!expected) {
      this.checkers.fatal(member.id, error);
      return;
    }
    this.#diskSteps.delete(member.index);
    this.#diskFailed.delete(member.index);
    member.fs.onOperation = undefined;
    this.note(member, `stops: ${String(error)}`);
    this.crash(member);
    this.scheduler.plan(1_000, () => {
      if (member.node === null) void this.start(member);
    });
  }

  #isOfFullDisk(member: SimMember, error: unknown): boolean {
    return this.#full.has(member.index) && isCodedError(error, 'STORE_FULL');
  }

  /** Once: over a log that was damaged a node may refuse to start. */
  #isOfDamage(member: SimMember, error: unknown): boolean {
    return isCodedError(error, 'STORE_CORRUPT') && this.#damaged.delete(member.index);
  }

  #leave(member: SimMember): void {
    this.#stopping.delete(member.address);
    member.life += 1;
    member.node = null;
    this.network.leave(member.address);
  }

  #signer(member: SimMember, label: string, isAlive: () => boolean): SeedSigner {
    const signNow = (bytes: Uint8Array): Uint8Array => {
      if (isAlive()) this.checkers.signed(member.id, bytes, stateOf(member));
      return this.#signWith(label, bytes);
    };
    return {
      suite: 'ed25519',
      publicKey: simKey(label).publicKey,
      sign: async (bytes) => {
        if (isAlive()) this.#mustBeDurable(member, bytes);
        return signNow(bytes);
      },
      signSync: signNow,
    };
  }

  #mustBeDurable(member: SimMember, bytes: Uint8Array): void {
    if (member.role !== null || this.#isOnDisk(member)) return;
    if (isSlotDurable(member.fs, LOG_DIR, bytes)) return;
    this.checkers.fail(`I6: ${member.id} signs what its disk may forget`);
  }

  #signWith(label: string, bytes: Uint8Array): Uint8Array {
    const key = simKey(label);
    return this.plan.realSignatures ? key.sign(bytes) : token(key.publicKey, bytes);
  }

  #verify({ publicKey, message, signature }: SignatureCheck): boolean {
    if (this.plan.realSignatures) return verifiesReal(publicKey, message, signature);
    return equalBytes(token(publicKey, message), signature);
  }

  #logger(member: SimMember): Logger {
    if (!this.#options.keepTrace) return silent;
    const write = (event: string, facts?: Record<string, unknown>): void => {
      this.note(member, `${event} ${JSON.stringify(facts ?? {})}`);
    };
    return { debug: () => undefined, info: write, warn: write, error: write };
  }
}

/** A member's height; below all heights when it is down. */
export function headOf(member: SimMember | undefined): number {
  return member?.node?.chain.head().height ?? -1;
}

function stateOf(member: SimMember): ConsensusState | null {
  const { node } = member;
  return node?.driver.isStarted() === true ? node.driver.state() : null;
}
