import { hashOf, merkleRootHash, transactionId } from '@triflow/crypto';
import {
  type Evidence,
  encodeEvidence,
  encodeTxResult,
  evidenceTable,
  type Hash,
  recentTxTable,
  stateKey,
  type Table,
  type Transaction,
  type TxResult,
} from '@triflow/protocol';
import type { ChainState } from './chainState.js';
import { decodeRecord, encodeRecord } from './decodeRecord.js';
import type { ExpiringId } from './dedupWindow.js';
import { executeTransaction } from './executeTransaction.js';
import type { ContractRegistry } from './registry.js';
import { StateOverlay } from './stateOverlay.js';
import type { StateChange, TreeUpdate } from './stateTree.js';

/** How many transactions run before the caller may let others have the thread (R-D6). */
const SLICE = 32;

/** Everything that committing a block writes. */
export interface Execution {
  readonly height: number;
  readonly transactions: readonly IdentifiedTransaction[];
  readonly txIds: readonly Hash[];
  readonly results: readonly TxResult[];
  readonly resultBytes: readonly Uint8Array[];
  readonly changes: readonly StateChange[];
  readonly indexChanges: readonly IndexChange[];
  readonly update: TreeUpdate;
  readonly stateRoot: Hash;
  readonly resultRoot: Hash;
  readonly expiring: readonly ExpiringId[];
  readonly expired: readonly ExpiringId[];
}

/** An index entry that appears or goes: `contract/table/index/value/primary key`. */
export interface IndexChange {
  readonly key: string;
  readonly put: boolean;
}

export interface ExecutionInput {
  readonly height: number;
  readonly timeMs: number;
  readonly transactions: readonly IdentifiedTransaction[];
  readonly evidence: readonly Evidence[];
}

/** A transaction with its id, computed once. */
export interface IdentifiedTransaction {
  readonly txId: Hash;
  readonly transaction: Transaction;
}

/** Adds the id to a decoded transaction. */
export function identify(transaction: Transaction): IdentifiedTransaction {
  return { txId: transactionId(transaction.signBytes), transaction };
}

/** A block being executed over the parent state: the one place where its parts come together. */
export class BlockExecution {
  readonly #state: ChainState;
  readonly #registry: ContractRegistry;
  readonly #height: number;
  readonly #timeMs: number;
  readonly #overlay: StateOverlay;
  readonly #results: TxResult[] = [];
  readonly #resultBytes: Uint8Array[] = [];
  readonly #transactions: IdentifiedTransaction[] = [];
  readonly #expiring: ExpiringId[] = [];
  readonly #expired: ExpiringId[];
  readonly #evidenceResults: TxResult[] = [];

  constructor(
    state: ChainState,
    registry: ContractRegistry,
    block: { height: number; timeMs: number; evidence: readonly Evidence[] },
  ) {
    this.#state = state;
    this.#registry = registry;
    this.#height = block.height;
    this.#timeMs = block.timeMs;
    this.#overlay = new StateOverlay(state.reader);
    const last = block.height - 1;
    this.#expired = state.expiringAt(last).map((txId) => ({ txId, validUntilHeight: last }));
    for (const { txId } of this.#expired) this.#overlay.remove(stateKey(recentTxTable, [txId]));
    for (const one of block.evidence) this.#record(one);
  }

  /** Runs one transaction; a thrown error leaves no trace of it. */
  run(identified: IdentifiedTransaction): TxResult {
    const { txId, transaction } = identified;
    const place = { height: this.#height, timeMs: this.#timeMs, index: this.#transactions.length };
    const position = { committed: this.#state, ...place };
    const called = { ...transaction, txId };
    const executed = executeTransaction(this.#registry, this.#overlay, called, position);
    this.#transactions.push(identified);
    this.#results.push(executed.result);
    this.#resultBytes.push(executed.resultBytes);
    this.#expiring.push({ txId, validUntilHeight: transaction.validUntilHeight });
    return executed.result;
  }

  /** Computes the roots and gathers what a commit writes. */
  finish(): Execution {
    const changes = this.#overlay.changes();
    const update = this.#state.tree.prepare(changes, this.#state.readBucket);
    const results = [...this.#results, ...this.#evidenceResults];
    const resultBytes = [...this.#resultBytes, ...this.#evidenceResults.map(encodeTxResult)];
    return {
      height: this.#height,
      transactions: this.#transactions,
      txIds: this.#transactions.map(({ txId }) => txId),
      results,
      resultBytes,
      changes,
      indexChanges: indexChanges(this.#registry, this.#state, changes),
      update,
      stateRoot: update.root,
      resultRoot: merkleRootHash(resultBytes),
      expiring: this.#expiring,
      expired: this.#expired,
    };
  }

  /** R-E3: a proved equivocation becomes a record and an event. */
  #record(evidence: Evidence): void {
    const { validator, height, round, kind } = evidence;
    const bytes = encodeEvidence(evidence);
    const record = { validator, height, round, kind, recordedAt: this.#height, evidence: bytes };
    const key = stateKey(evidenceTable, [validator, `${height}-${round}-${kind}`]);
    this.#overlay.put(key, encodeRecord(evidenceTable, record));
    this.#evidenceResults.push({
      txId: hashOf(bytes),
      contract: 'ledger',
      number: 0,
      code: 'success',
      failedCommand: -1,
      events: [
        {
          contract: 'governance',
          type: 'validator.equivocated',
          subject: validator,
          data: { height, round, kind },
        },
      ],
    });
  }
}

/** Executes a whole block, giving way to the caller after every slice of transactions. */
export function* executeBlockSteps(
  state: ChainState,
  registry: ContractRegistry,
  input: ExecutionInput,
): Generator<void, Execution> {
  const execution = new BlockExecution(state, registry, input);
  for (const [index, transaction] of input.transactions.entries()) {
    if (index % SLICE === SLICE - 1) yield;
    execution.run(transaction);
  }
  return execution.finish();
}

/** Runs a stepwise computation to its end. */
export function drain<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** What a block's writes do to the declared indexes of their tables. */
function indexChanges(
  registry: ContractRegistry,
  state: ChainState,
  changes: readonly StateChange[],
): IndexChange[] {
  const found: IndexChange[] = [];
  for (const { key, value } of changes) {
    // Most keys are of tables without indexes: what stood there before is nobody's business.
    if (tableOf(registry, key)?.indexes === undefined) continue;
    found.push(...recordIndexChanges(registry, key, state.reader.get(key) ?? null, value));
  }
  return found;
}

/** Index entries that go and come when a record changes. */
export function recordIndexChanges(
  registry: ContractRegistry,
  key: string,
  before: Uint8Array | null,
  after: Uint8Array | null,
): IndexChange[] {
  const table = tableOf(registry, key);
  if (table?.indexes === undefined) return [];
  const primary = key.slice(table.contract.length + table.name.length + 2);
  const old = before === null ? new Set<string>() : indexKeys(table, before, primary);
  const fresh = after === null ? new Set<string>() : indexKeys(table, after, primary);
  const changes: IndexChange[] = [];
  for (const entry of old) if (!fresh.has(entry)) changes.push({ key: entry, put: false });
  for (const entry of fresh) if (!old.has(entry)) changes.push({ key: entry, put: true });
  return changes;
}

function tableOf(registry: ContractRegistry, key: string): Table<never> | undefined {
  const second = key.indexOf('/', key.indexOf('/') + 1);
  return registry.tables.get(key.slice(0, second));
}

function indexKeys(table: Table<never>, bytes: Uint8Array, primary: string): Set<string> {
  const record = decodeRecord(table, bytes);
  const keys = new Set<string>();
  for (const [index, valuesOf] of Object.entries(table.indexes ?? {})) {
    for (const value of valuesOf(record)) {
      keys.add(`${table.contract}/${table.name}/${index}/${value}/${primary}`);
    }
  }
  return keys;
}
