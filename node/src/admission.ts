import { commandProblem } from '@triflow/contracts';
import type { SignatureCheck } from '@triflow/crypto';
import {
  consensusParametersIn,
  type IdentifiedTransaction,
  identify,
  readRecord,
  validateTransaction,
} from '@triflow/ledger';
import {
  decodeBlock,
  decodeGossip,
  decodeTransaction,
  encodeGossip,
  equalBytes,
  type Failure,
  failure,
  type Hash,
  type Logger,
  limits,
  type PartyKey,
  type ReadContext,
  type Result,
  success,
} from '@triflow/protocol';
import type { Chain } from './chain.js';
import type { TimerPort, VerifierPort } from './ports.js';

const GOSSIP_DELAY_MS = 2;
/** What a newer state may allow: a node that is behind does not refuse for these. */
const OF_THE_HEAD: ReadonlySet<string> = new Set([
  'transaction_window',
  'key_not_found',
  'feature_not_active',
  'party_not_active',
  'signer_lacks_role',
]);

export interface Admitted {
  readonly txId: Hash;
  /** The very same bytes were taken before. */
  readonly duplicate: boolean;
  readonly validUntilHeight: number;
}

export interface AdmissionOptions {
  readonly chain: Chain;
  readonly verifier: VerifierPort;
  readonly timers: TimerPort;
  readonly logger: Logger;
  /** Why the node takes nothing now: `node_halted`. */
  readonly refusal: () => Failure | undefined;
  /** Whether the chain has gone on without this node, or may have. */
  readonly isBehind: () => boolean;
  /** Passes newly taken transactions on to the validators. */
  readonly spread: (bytes: Uint8Array) => void;
  readonly onWork: () => void;
}

/**
 * The way into the mempool: form, chain binding, window, replay, then the signature in bulk. A
 * transaction that a client gave to this node is passed on once to the validators.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #outbox: Uint8Array[] = [];
  readonly #seen = new Map<Hash, number>();
  #cancelGossip: (() => void) | null = null;
  #isDraining = false;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    // The store tells of what is in a block; what ran out is remembered here alone.
    options.chain.onCommitted(({ execution }) => {
      for (const txId of execution.txIds) this.#seen.delete(txId);
    });
  }

  /** Takes a client's transaction. Faults are named as `protocol` names them. */
  async submit(bytes: Uint8Array): Promise<Result<Admitted>> {
    const [result] = await this.submitAll([bytes]);
    return result ?? failure('internal', 'no answer');
  }

  /** Takes several at once, each with its own answer. */
  async submitAll(list: readonly Uint8Array[]): Promise<Result<Admitted>[]> {
    const results = await this.#admit(list);
    for (const [index, result] of results.entries()) {
      const bytes = list[index];
      if (bytes !== undefined && result.ok && !result.value.duplicate) this.#queueGossip(bytes);
    }
    return results;
  }

  /** Takes what another node passed on; what does not fit is dropped. */
  async receiveGossip(bytes: Uint8Array): Promise<Failure | undefined> {
    const list = decodeGossip(bytes);
    if (!list.ok) return list;
    const results = await this.#admit(list.value);
    const forged = results.find((result) => {
      return (
        !result.ok && ['signature_invalid', 'transaction_malformed'].includes(result.fault.code)
      );
    });
    return forged !== undefined && !forged.ok ? forged : undefined;
  }

  /** The last valid height of a transaction that passed through here, if remembered. */
  validUntil(txId: Hash): number | undefined {
    return this.#seen.get(txId);
  }

  /** How many transactions without a block are remembered. */
  seen(): number {
    return this.#seen.size;
  }

  /** The signature check that a transaction still needs, after everything cheaper. */
  judge(
    bytes: Uint8Array,
  ): Result<{ readonly identified: IdentifiedTransaction; readonly key: PartyKey }> {
    const decoded = decodeTransaction(bytes);
    if (!decoded.ok) return decoded;
    const identified = identify(decoded.value);
    const state = this.#options.chain.state();
    const { chain, reader, head, isRecent } = state;
    const height = head.height + 1;
    const window = consensusParametersIn(reader, height).transactionWindow;
    const scope = { chain, reader, height, window, isRecent };
    const key = validateTransaction(scope, decoded.value, identified.txId);
    if (!key.ok) return key;
    const problem = this.#commandsProblem(identified);
    return problem ?? success({ identified, key: key.value });
  }

  /** Takes nothing more; what is held goes on into blocks. */
  drain(): void {
    this.#isDraining = true;
  }

  resume(): void {
    this.#isDraining = false;
  }

  isDraining(): boolean {
    return this.#isDraining;
  }

  stop(): void {
    this.#cancelGossip?.();
  }

  async #admit(list: readonly Uint8Array[]): Promise<Result<Admitted>[]> {
    const draining = failure('node_draining', 'the node is about to be stopped: ask another one');
    const refusal = this.#isDraining ? draining : this.#options.refusal();
    if (refusal !== undefined) return list.map(() => refusal);
    const results: (Result<Admitted> | undefined)[] = [];
    const pending: { index: number; identified: IdentifiedTransaction; key: PartyKey }[] = [];
    for (const [index, bytes] of list.entries()) {
      const judged = this.judge(bytes);
      if (!judged.ok) {
        results[index] = this.#outdated(judged) ?? (await this.#explain(bytes, judged));
        continue;
      }
      const known = this.#known(judged.value.identified);
      if (known === undefined) pending.push({ index, ...judged.value });
      else results[index] = known;
    }
    const verdicts = await this.#options.verifier.verify(pending.map(signatureCheck));
    for (const [position, { index, identified, key }] of pending.entries()) {
      results[index] =
        verdicts[position] === true
          ? this.#take(identified, key)
          : failure('signature_invalid', 'the signature does not fit the key and the bytes');
    }
    return results.map((result) => result ?? failure('internal', 'no answer'));
  }

  /** What no execution is needed for: unknown commands, wrong parameters, a sender without role. */
  #commandsProblem({ transaction }: IdentifiedTransaction): Failure | undefined {
    const { registry } = this.#options.chain;
    const { reader } = this.#options.chain.state();
    const get: ReadContext['get'] = (table, ...parts) => readRecord(reader, table, ...parts);
    for (const [index, command] of transaction.commands.entries()) {
      const status = commandProblem(registry.contracts, { get }, transaction.sender, command);
      if (status === undefined) continue;
      // An earlier command of the same transaction may give the role.
      if (index > 0 && status.code === 'signer_lacks_role') continue;
      const what = `command ${index}, ${command.contract}.${command.name}`;
      return failure(status.code, `${what}: ${status.code}`, `/commands/${index}`);
    }
    return undefined;
  }

  /** What a node that is behind says instead of a refusal by its old state. */
  #outdated({ fault }: Failure): Failure | undefined {
    if (!OF_THE_HEAD.has(fault.code) || !this.#options.isBehind()) return undefined;
    const { height } = this.#options.chain.head();
    return failure('node_syncing', `at height ${height}, behind the others: ${fault.message}`);
  }

  #known({ txId, transaction }: IdentifiedTransaction): Result<Admitted> | undefined {
    const held = this.#options.chain.mempool.get(txId);
    if (held === undefined) return undefined;
    const { validUntilHeight } = transaction;
    return equalBytes(held.bytes, transaction.bytes)
      ? success({ txId, duplicate: true, validUntilHeight })
      : failure('transaction_replayed', 'this id is pending with another signature');
  }

  #take(identified: IdentifiedTransaction, key: PartyKey): Result<Admitted> {
    const { chain, onWork } = this.#options;
    const { txId, transaction } = identified;
    const { sender, bytes, validUntilHeight } = transaction;
    const added = chain.mempool.add({ txId, sender, bytes, validUntilHeight, transaction });
    if (!added.ok) return added;
    chain.noteVerified(identified, key.publicKey);
    this.#remember(txId, validUntilHeight);
    onWork();
    return success({ txId, duplicate: added.value === 'known', validUntilHeight });
  }

  /** The same bytes again are the same request, not a replay. */
  async #explain(bytes: Uint8Array, refused: Failure): Promise<Result<Admitted>> {
    if (refused.fault.code !== 'transaction_replayed') return refused;
    const decoded = decodeTransaction(bytes);
    if (!decoded.ok) return refused;
    const { txId } = identify(decoded.value);
    const { store } = this.#options.chain;
    const found = await store.findTransaction(txId);
    const block = found === undefined ? undefined : await store.getBlock(found.height);
    const read = block === undefined ? undefined : decodeBlock(block);
    if (found === undefined || read === undefined || !read.ok) return refused;
    const committed = read.value.body.transactions[found.index];
    const isSame = committed !== undefined && equalBytes(committed, bytes);
    const { validUntilHeight } = decoded.value;
    return isSame ? success({ txId, duplicate: true, validUntilHeight }) : refused;
  }

  #remember(txId: Hash, validUntilHeight: number): void {
    this.#seen.set(txId, validUntilHeight);
    if (this.#seen.size <= limits.transactionsSeenMax) return;
    const oldest = this.#seen.keys().next().value;
    if (oldest !== undefined) this.#seen.delete(oldest);
  }

  /** Gathers for a moment, so that many transactions travel in few messages. */
  #queueGossip(bytes: Uint8Array): void {
    this.#outbox.push(bytes);
    this.#cancelGossip ??= this.#options.timers.set(GOSSIP_DELAY_MS, () => this.#flushGossip());
  }

  #flushGossip(): void {
    this.#cancelGossip = null;
    let batch: Uint8Array[] = [];
    let size = 0;
    for (const bytes of this.#outbox.splice(0)) {
      if (size + bytes.length + 16 > limits.gossipBatchBytesMax) {
        this.#options.spread(encodeGossip(batch));
        batch = [];
        size = 0;
      }
      batch.push(bytes);
      size += bytes.length + 16;
    }
    if (batch.length > 0) this.#options.spread(encodeGossip(batch));
  }
}

function signatureCheck(pending: {
  readonly identified: IdentifiedTransaction;
  readonly key: PartyKey;
}): SignatureCheck {
  const { suite, publicKey } = pending.key;
  const { signBytes, signature } = pending.identified.transaction;
  return { suite, publicKey, message: signBytes, signature };
}
