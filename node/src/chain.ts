import { blockHash, genesisHashOf, hashOf, type SignatureCheck } from '@triflow/crypto';
import {
  buildBlockSteps,
  type ChainState,
  type CheckedBlock,
  type ContractRegistry,
  checkBlock,
  consensusParametersIn,
  createRegistry,
  type DedupWindow,
  type Execution,
  enabledContracts,
  evidenceProblem,
  executeCheckedSteps,
  holdsBucket,
  holdsState,
  type IdentifiedTransaction,
  identify,
  readRecord,
  StateTree,
  validatorSetAt,
} from '@triflow/ledger';
import type { Mempool } from '@triflow/mempool';
import {
  assert,
  type Block,
  type ChainBinding,
  CodedError,
  type CommitCertificate,
  type ConsensusParameters,
  type Contract,
  compareBytes,
  decodeBlock,
  decodeTransaction,
  defined,
  type Evidence,
  encodeBlock,
  encodeCertificate,
  encodeEvidence,
  equalBytes,
  type Genesis,
  type Hash,
  headerBytes,
  isCodedError,
  type Logger,
  limits,
  partyKeyTable,
  type ValidatorId,
  type ValidatorSet,
} from '@triflow/protocol';
import type { LedgerStore, ReadGuard } from '@triflow/storage';
import { Mutex } from './mutex.js';
import { type ChainHead, openGenesis, readHead, readWindow, recentBlockIds } from './openChain.js';
import type { BuiltValue, ChainPort, JudgedValue, VerifierPort } from './ports.js';
import { VerifiedTransactions } from './verifiedTransactions.js';

const CANDIDATE_BYTES_SLACK = 64 * 1_024;
/** Heights between two looks at what has run out unused. */
const EXPIRE_EVERY = 64;

export interface ChainOptions {
  readonly genesis: Genesis;
  readonly contracts: readonly Contract[];
  readonly store: LedgerStore;
  readonly mempool: Mempool;
  readonly verifier: VerifierPort;
  readonly logger: Logger;
  /** Lets others have the thread between slices of execution (R-D6). */
  readonly pause: () => Promise<void>;
  /** A record of the store is damaged; whoever asked for it hears it, too. */
  readonly onDamage?: (error: CodedError) => void;
  /** Damage stands in the way of building, judging or committing. */
  readonly onStuck?: (error: CodedError) => void;
}

/** What a commit tells those who follow it. */
export interface Committed {
  readonly height: number;
  readonly valueId: Hash;
  readonly timeMs: number;
  readonly execution: Execution;
  /** What each transaction did: `contract.command`, or `several`. */
  readonly commands: readonly string[];
}

/** A candidate of the next height: checked, and executed once its roots were compared. */
interface Candidate {
  readonly block: Block;
  readonly execution: Execution;
}

/**
 * The committed chain and its candidates. Building, judging and committing take turns, so that
 * none of them sees the state move under its feet.
 */
export class Chain implements ChainPort {
  readonly binding: ChainBinding;
  readonly genesis: Genesis;
  readonly registry: ContractRegistry;
  readonly store: LedgerStore;
  readonly mempool: Mempool;
  readonly #options: ChainOptions;
  readonly #tree: StateTree;
  readonly #dedup: DedupWindow;
  readonly #blockIds: Map<number, Hash>;
  readonly #turns = new Mutex();
  readonly #candidates = new Map<Hash, Candidate>();
  readonly #evidence = new Map<Hash, Evidence>();
  readonly #listeners = new Set<(committed: Committed) => void>();
  readonly #verified = new VerifiedTransactions();
  #head: ChainHead;

  private constructor(
    options: ChainOptions,
    registry: ContractRegistry,
    opened: {
      tree: StateTree;
      dedup: DedupWindow;
      head: ChainHead;
      blockIds: Map<number, Hash>;
    },
  ) {
    this.#options = options;
    this.genesis = options.genesis;
    this.registry = registry;
    this.store = options.store;
    this.mempool = options.mempool;
    const { chainId } = options.genesis;
    this.binding = { chainId, genesisHash: genesisHashOf(options.genesis) };
    this.#tree = opened.tree;
    this.#dedup = opened.dedup;
    this.#blockIds = opened.blockIds;
    this.#head = opened.head;
    options.store.watch(this.#guard());
  }

  /**
   * Opens the chain over a store: writes the genesis state into an empty one; otherwise rebuilds
   * the tree's inner nodes from the stored leaves and compares the root with the head's header.
   * Throws GENESIS_INVALID, GENESIS_MISMATCH or STORE_CORRUPT.
   */
  static async open(options: ChainOptions): Promise<Chain> {
    const { genesis, store } = options;
    const enabled = enabledContracts(genesis, options.contracts);
    if (enabled.missing.length > 0) {
      throw new CodedError(
        'GENESIS_INVALID',
        `genesis enables contracts that this program lacks: ${enabled.missing.join(', ')}`,
      );
    }
    const registry = createRegistry(enabled.contracts);
    await openGenesis(options, registry, enabled.contracts);
    const leaves: { index: number; leaf: Uint8Array }[] = [];
    for await (const leaf of store.bucketLeaves()) leaves.push(leaf);
    const tree = new StateTree(genesis.parameters.stateTreeDepth, leaves);
    const dedup = await readWindow(store);
    const head = await readHead(genesis, store, tree);
    const blockIds = await recentBlockIds(store, head);
    return new Chain(options, registry, { tree, dedup, head, blockIds });
  }

  head(): ChainHead {
    return this.#head;
  }

  /** The committed state as the ledger sees it. */
  state(): ChainState {
    const { store } = this.#options;
    return {
      chain: this.binding,
      head: this.#head,
      reader: { get: (key) => store.getState(key) },
      tree: this.#tree,
      readBucket: (index) => store.getBucket(index),
      expiringAt: (height) => this.#dedup.expiringAt(height),
      blockIdAt: (height) => this.#blockIds.get(height),
      isRecent: (txId) => this.#dedup.has(txId),
    };
  }

  validatorSet(height: number): ValidatorSet {
    return validatorSetAt(this.state().reader, height);
  }

  consensusParameters(): ConsensusParameters {
    return consensusParametersIn(this.state().reader, this.#head.height + 1);
  }

  hasWork(): boolean {
    return this.mempool.size > 0 || this.#evidence.size > 0;
  }

  /** Keeps a proved equivocation for the next block that this node builds (R-E3). */
  addEvidence(evidence: Evidence): void {
    if (this.#evidence.size >= limits.evidencePerBlockMax * 4) return;
    this.#evidence.set(hashOf(encodeEvidence(evidence)), evidence);
  }

  /** Calls back after each commit, in order. The result removes the listener. */
  onCommitted(listener: (committed: Committed) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Notes that a transaction's signature holds under a key: it is read and checked once. */
  noteVerified(identified: IdentifiedTransaction, publicKey: Uint8Array): void {
    this.#verified.add({ identified, publicKey });
  }

  build(request: {
    readonly height: number;
    readonly minTimeMs: number;
    readonly nowMs: number;
    readonly builder: ValidatorId;
  }): Promise<BuiltValue | null> {
    return this.#turn(async () => {
      const { height, minTimeMs, nowMs, builder } = request;
      if (this.#head.height + 1 !== height) return null;
      const timeMs = Math.max(nowMs, minTimeMs);
      const parameters = this.consensusParameters();
      const state = this.state();
      const candidates = this.#candidateTransactions(parameters, height);
      const evidence = this.#freshEvidence(height, parameters);
      const heartbeatDue = timeMs >= this.#head.timeMs + parameters.heartbeatMs;
      if (candidates.length === 0 && evidence.length === 0 && !heartbeatDue) return null;
      const built = await this.#paused(
        buildBlockSteps(state, this.registry, { builder, timeMs, candidates, evidence }),
      );
      for (const { txId, code } of built.unfit) {
        this.#options.logger.debug('mempool.unfit', { txId, code });
      }
      this.mempool.remove(built.unfit.map(({ txId }) => txId));
      const { block, execution } = built;
      const empty = block.body.transactions.length === 0 && block.body.evidence.length === 0;
      if (empty && !heartbeatDue) return null;
      const valueId = blockHash(block.header);
      this.#keepCandidate(valueId, { block, execution });
      return { valueId, timeMs, bytes: encodeBlock(block) };
    });
  }

  judge(valueId: Hash, bytes: Uint8Array): Promise<JudgedValue | null> {
    return this.#turn(async () => {
      const decoded = decodeBlock(bytes);
      assert(decoded.ok, 'judge: the inbox checks the form');
      const block = decoded.value;
      const { height, timeMs, builder } = block.header;
      if (height !== this.#head.height + 1) return null;
      const known = this.#candidates.get(valueId);
      if (known !== undefined) return { verdict: 'valid', timeMs, builder };
      const judged = await this.#execute(block);
      if (typeof judged === 'string')
        return { verdict: 'invalid', timeMs, builder, reason: judged };
      this.#keepCandidate(valueId, { block, execution: judged });
      return { verdict: 'valid', timeMs, builder };
    });
  }

  async verifyAhead(bytes: Uint8Array): Promise<void> {
    const block = decodeBlock(bytes);
    if (!block.ok) return;
    const { reader } = this.state();
    const ahead: { identified: IdentifiedTransaction; check: SignatureCheck }[] = [];
    for (const signed of block.value.body.transactions) {
      const decoded =
        this.#verified.find(signed) === undefined ? decodeTransaction(signed) : undefined;
      if (decoded?.ok !== true) continue;
      const { sender, keyId, signBytes: message, signature } = decoded.value;
      // A key that changes before the block's turn only costs a second check then.
      const key = readRecord(reader, partyKeyTable, sender, keyId);
      if (key === undefined) continue;
      const { suite, publicKey } = key;
      ahead.push({
        identified: identify(decoded.value),
        check: { suite, publicKey, message, signature },
      });
    }
    const verdicts = await this.#options.verifier.verify(ahead.map(({ check }) => check));
    for (const [index, { identified, check }] of ahead.entries()) {
      if (verdicts[index] === true) this.noteVerified(identified, check.publicKey);
    }
  }

  commit(valueId: Hash, bytes: Uint8Array, certificate: CommitCertificate): Promise<void> {
    return this.#turn(async () => {
      if (this.#head.height === certificate.height) {
        // R-Y3: the same block again is nothing new.
        assert(this.#head.valueId === valueId, 'commit: another block at a committed height');
        return;
      }
      const candidate = this.#candidates.get(valueId) ?? (await this.#reExecute(bytes));
      const { block, execution } = candidate;
      assert(blockHash(block.header) === valueId, 'commit: body of another value');
      assert(block.header.height === this.#head.height + 1, 'commit: not the next height');
      await this.store.commitBlock({
        height: execution.height,
        blockId: valueId,
        block: bytes,
        headerBytes: headerBytes(block.header),
        certificate: encodeCertificate(certificate),
        txIds: execution.txIds,
        results: execution.resultBytes,
        stateWrites: execution.changes,
        buckets: execution.update.buckets,
        undo: execution.update.undo,
        indexChanges: execution.indexChanges,
        expiring: execution.expiring,
        expired: execution.expired,
      });
      this.#advance(valueId, block, execution);
    });
  }

  async committed(
    height: number,
  ): Promise<{ readonly block: Uint8Array; readonly certificate: Uint8Array } | undefined> {
    if (height < 1 || height > this.#head.height) return undefined;
    const [block, certificate] = await Promise.all([
      this.store.getBlock(height),
      this.store.getCertificate(height),
    ]).catch((error: unknown) => {
      // Damaged ones are not given to anybody; the store's guard has heard of it.
      if (isCodedError(error, 'STORE_CORRUPT')) return [];
      throw error;
    });
    if (block === undefined || certificate === undefined) return undefined;
    return { block, certificate };
  }

  /** What cannot be read here stops the node before it signs (P9, R-V9). */
  #turn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.run(async () => {
      try {
        return await work();
      } catch (error) {
        if (isCodedError(error, 'STORE_CORRUPT')) this.#options.onStuck?.(error);
        throw error;
      }
    });
  }

  /** Whatever the disk gives of the committed state is compared with the tree in memory. */
  #guard(): ReadGuard {
    const { store, onDamage } = this.#options;
    const tree = this.#tree;
    const readBucket = (index: number): Uint8Array | undefined => store.getBucket(index);
    // After a batch the store is a moment ahead of the tree.
    const isLevel = (): boolean => store.head()?.height === this.#head.height;
    const refuse = (prefix: string, what: string): never => {
      const message = `a record of '${prefix}' is not the committed one: ${what}`;
      const error = new CodedError('STORE_CORRUPT', message, { details: { prefix } });
      onDamage?.(error);
      throw error;
    };
    return {
      isAbsent: (key) => isLevel() && holdsState(tree, readBucket, key, undefined),
      state(key, value) {
        if (isLevel() && !holdsState(tree, readBucket, key, value)) refuse('state', key);
      },
      bucket(index, entries) {
        if (isLevel() && !holdsBucket(tree, index, entries)) refuse('bucket', String(index));
      },
      damaged: (error) => onDamage?.(error),
    };
  }

  #advance(valueId: Hash, block: Block, execution: Execution): void {
    const { height, timeMs } = block.header;
    const commands = execution.transactions.map(commandOf);
    this.#tree.apply(execution.update);
    assert(this.#tree.root() === block.header.stateRoot, 'commit: tree and header differ');
    for (const id of execution.expiring) this.#dedup.add(id);
    this.#dedup.drop(height - 1);
    this.#head = { height, valueId, timeMs };
    this.#blockIds.set(height, valueId);
    this.#blockIds.delete(height - limits.readinessAgeMax - 1);
    this.#candidates.clear();
    for (const bytes of block.body.evidence) this.#evidence.delete(hashOf(bytes));
    this.mempool.remove(execution.txIds);
    this.mempool.expire(height + 1);
    for (const bytes of block.body.transactions) this.#verified.drop(bytes);
    if (height % EXPIRE_EVERY === 0) this.#verified.expire(height + 1);
    const committed = { height, valueId, timeMs, execution, commands };
    for (const listener of this.#listeners) listener(committed);
  }

  /** A height may take many rounds; what is forgotten is executed again when it is decided. */
  #keepCandidate(valueId: Hash, candidate: Candidate): void {
    this.#candidates.set(valueId, candidate);
    if (this.#candidates.size <= limits.candidateBodiesMax) return;
    const oldest = defined(this.#candidates.keys().next().value, 'a candidate is held');
    this.#candidates.delete(oldest);
  }

  async #execute(block: Block): Promise<Execution | string> {
    const checked = checkBlock(
      this.state(),
      block,
      (bytes) => this.#verified.find(bytes)?.identified,
    );
    if (!checked.ok) return checked.fault.message;
    const unsigned = await this.#firstUnsigned(checked.value);
    if (unsigned !== undefined) return `V6: signature of transaction ${unsigned}`;
    const steps = executeCheckedSteps(this.state(), this.registry, checked.value);
    const executed = await this.#paused(steps);
    return executed.ok ? executed.value : executed.fault.message;
  }

  /** A decided block whose execution is not cached: after a restart, or from catch-up. */
  async #reExecute(bytes: Uint8Array): Promise<Candidate> {
    const decoded = decodeBlock(bytes);
    assert(decoded.ok, 'commit: stored body is malformed');
    const judged = await this.#execute(decoded.value);
    assert(typeof judged !== 'string', `commit: a decided block is invalid here: ${judged}`);
    return { block: decoded.value, execution: judged };
  }

  /** Verifies in bulk what has not been verified on its way through the mempool. */
  async #firstUnsigned(checked: CheckedBlock): Promise<number | undefined> {
    const pending: { identified: IdentifiedTransaction; index: number; check: SignatureCheck }[] =
      [];
    for (const [index, identified] of checked.transactions.entries()) {
      const { suite, publicKey } = defined(checked.keys[index], 'judge: a key for each');
      const { bytes, signBytes: message, signature } = identified.transaction;
      const known = this.#verified.find(bytes);
      if (known !== undefined && equalBytes(known.publicKey, publicKey)) continue;
      pending.push({ identified, index, check: { suite, publicKey, message, signature } });
    }
    if (pending.length === 0) return undefined;
    const verdicts = await this.#options.verifier.verify(pending.map(({ check }) => check));
    for (const [position, { identified, index, check }] of pending.entries()) {
      if (verdicts[position] !== true) return index;
      this.noteVerified(identified, check.publicKey);
    }
    return undefined;
  }

  #candidateTransactions(parameters: ConsensusParameters, height: number): IdentifiedTransaction[] {
    const bytesMax = parameters.maxBlockBytes - CANDIDATE_BYTES_SLACK;
    const countMax = parameters.maxBlockTransactions;
    const taken = this.mempool.take({ bytesMax, countMax, height });
    return taken.map(({ txId, transaction }) => ({ txId, transaction }));
  }

  #freshEvidence(height: number, parameters: ConsensusParameters): Evidence[] {
    const state = this.state();
    const fresh: { bytes: Uint8Array; evidence: Evidence }[] = [];
    for (const [id, evidence] of this.#evidence) {
      if (evidence.height >= height) continue;
      const problem = evidenceProblem(state, evidence, height, parameters);
      if (problem === undefined) fresh.push({ bytes: encodeEvidence(evidence), evidence });
      else this.#evidence.delete(id);
    }
    fresh.sort((a, b) => compareBytes(a.bytes, b.bytes));
    return fresh.slice(0, limits.evidencePerBlockMax).map(({ evidence }) => evidence);
  }

  async #paused<T>(steps: Generator<void, T>): Promise<T> {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      await this.#options.pause();
    }
  }
}

/** `contract.command`, or `several`. */
function commandOf({ transaction }: IdentifiedTransaction): string {
  const [first, ...more] = transaction.commands;
  return first === undefined || more.length > 0 ? 'several' : `${first.contract}.${first.name}`;
}
