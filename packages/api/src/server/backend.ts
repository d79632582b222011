import type {
  Block,
  ConsensusParameters,
  Contract,
  Hash,
  LedgerEvent,
  QueryHandler,
  QueryReader,
  Result,
  Status,
  Table,
  TxResult,
  ValidatorEntry,
} from '@triflow/protocol';
import type { EventCursor } from '../routes/eventCursor.js';

/**
 * What the server asks of a node. A wrong request comes back as a fault whose lower-snake code in
 * capitals stands in the error registry (`transaction_expired`, `mempool_full`, `node_syncing`)
 * or is a status code (`contract_not_found`); only bugs and broken stores throw.
 */
export interface NodeBackend {
  readonly registry: BackendRegistry;
  /** Cheap: asked for every answer. */
  info(): NodeInfo;
  /** The genesis document as its file holds it. */
  genesis(): unknown;
  /**
   * Admits signed bytes to the mempool. `duplicate` when these very bytes are pending or
   * committed. A node that does not know a contract or a command may refuse at once.
   */
  submit(bytes: Uint8Array): Promise<Result<SubmittedTransaction>>;
  /** Dry run over the head. Neither signature nor key nor replay is looked at. */
  simulate(bytes: Uint8Array): Promise<Result<SimulationOutcome>>;
  outcome(txId: Hash): Promise<TxOutcome>;
  /** Returns `pending` when time is up or the signal aborts. */
  waitOutcome(txId: Hash, options: WaitOptions): Promise<TxOutcome>;
  /** Canonical bytes; undefined above the head. */
  header(height: number): Promise<SignedHeader | undefined>;
  block(height: number): Promise<Block | undefined>;
  /** One a transaction of the block, in its order. */
  results(height: number): Promise<readonly TxResult[] | undefined>;
  /** Heights from the first to the second whose header commits to another next set, ascending. */
  setChanges(from: number, to: number): Promise<readonly number[]>;
  /** set(height), known up to head + 2. */
  validators(height: number): Promise<ValidatorsAt | undefined>;
  /** Reads at one height, by default the head. Faults: `block_not_found`, `cursor_pruned`. */
  reader(height?: number): Promise<Result<QueryReader>>;
  /** Entries of a declared index in the order of their values; at most `limit`. */
  indexPage(options: IndexPageOptions): Promise<readonly IndexEntry[]>;
  /** Proofs in the order of the keys. Faults: `block_not_found`, `proof_pruned`. */
  proofs(keys: readonly string[], height?: number): Promise<Result<StateProofs>>;
  /** Faults: `transaction_not_found`, `proof_pruned`. */
  txProof(txId: Hash): Promise<Result<TransactionProof>>;
  /** Events strictly after a cursor, or from the first one kept. Fault: `cursor_pruned`. */
  events(after: EventCursor | undefined, options: EventsOptions): Promise<Result<EventPage>>;
  /** Calls the listener once a block is durable; gives back how to stop. Must not throw. */
  onCommit(listener: (height: number) => void): () => void;
  health(): Health;
  /** Prometheus text. */
  metrics(): Promise<string>;
}

export interface IndexPageOptions {
  readonly table: Pick<Table<unknown>, 'contract' | 'name'>;
  readonly index: string;
  /** `value` or `value/id`: the page starts behind it. */
  readonly after?: string;
  readonly limit: number;
  /** Not above the head. */
  readonly height: number;
}

export interface IndexEntry {
  readonly value: string;
  /** The record's own key parts, joined by slashes. */
  readonly id: string;
}

export interface BackendRegistry {
  readonly contracts: ReadonlyMap<string, Contract>;
  /** Tables by `contract/name`. */
  readonly tables: ReadonlyMap<string, Table<never>>;
  /** Queries that span contracts, by their bare names. */
  readonly views?: ReadonlyMap<string, QueryHandler>;
}

export interface NodeInfo {
  readonly version: string;
  readonly chainId: string;
  readonly genesisHash: Hash;
  readonly devnet: boolean;
  readonly nodeId: string;
  readonly role: 'validator' | 'observer';
  readonly height: number;
  readonly headTimeMs: number;
  /** The lowest heights whose state, and whose proofs, are still kept. */
  readonly stateFrom: number;
  readonly proofsFrom: number;
  readonly parameters: ConsensusParameters;
  readonly features: readonly string[];
}

export interface SubmittedTransaction {
  readonly txId: Hash;
  readonly duplicate: boolean;
  readonly validUntilHeight: number;
}

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type TxOutcome =
  | { readonly kind: 'pending'; readonly validUntilHeight: number }
  | {
      readonly kind: 'committed' | 'rejected';
      readonly height: number;
      readonly index: number;
      readonly result: TxResult;
    }
  | { readonly kind: 'expired'; readonly validUntilHeight?: number }
  | { readonly kind: 'unknown' };

export interface SimulationOutcome {
  /** The height whose state it ran over. */
  readonly height: number;
  readonly status: Status;
  /** -1 on success. */
  readonly failedCommand: number;
  /** Canonical bytes, null for a removal. */
  readonly writes: readonly { readonly key: string; readonly value: Uint8Array | null }[];
  readonly events: readonly LedgerEvent[];
}

export interface SignedHeader {
  readonly header: Uint8Array;
  readonly certificate: Uint8Array;
}

export interface ValidatorsAt {
  readonly height: number;
  readonly validators: readonly ValidatorEntry[];
}

export interface StateProofs extends SignedHeader {
  readonly height: number;
  /** `encodeStateProof` bytes. */
  readonly proofs: readonly Uint8Array[];
}

/** RFC 9162 inclusion of a leaf's bytes. */
export interface LeafInclusion {
  readonly bytes: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
}

export interface TransactionProof extends SignedHeader {
  readonly height: number;
  readonly transaction: LeafInclusion;
  readonly result: LeafInclusion;
}

export interface EventsOptions {
  /** Events in a page. */
  readonly limit: number;
  readonly types?: readonly string[];
  readonly subject?: string;
  readonly untilHeight?: number;
}

export interface PlacedEvent extends LedgerEvent {
  readonly cursor: EventCursor;
  readonly timeMs: number;
  readonly txId: Hash;
}

export interface EventPage {
  readonly events: readonly PlacedEvent[];
  /** Where to read on: everything up to here was looked at, matching or not. */
  readonly next: EventCursor;
  /** Whether the log already goes further; false once the head (or untilHeight) was reached. */
  readonly more: boolean;
}

export type HealthCheckName = 'sync' | 'peers' | 'storage' | 'consensus' | 'clock';

export interface HealthCheck {
  readonly ok: boolean;
  readonly value: string | number | boolean;
  readonly threshold?: string | number | boolean;
  readonly reason?: string;
}

export interface Health {
  readonly live: boolean;
  readonly ready: boolean;
  readonly checks: Readonly<Record<HealthCheckName, HealthCheck>> & {
    /** Only while the operator drains the node. */
    readonly admission?: HealthCheck;
  };
}
