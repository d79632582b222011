import type { SignatureCheck } from '@triflow/crypto';
import type {
  ChainBinding,
  CommitCertificate,
  ConsensusParameters,
  Hash,
  ValidatorEntry,
  ValidatorId,
  ValidatorSet,
  WireMessage,
} from '@triflow/protocol';

/** What the driver needs of the chain: sets and parameters, building, judging, committing. */
export interface ChainPort {
  readonly binding: ChainBinding;
  head(): { readonly height: number; readonly valueId: Hash; readonly timeMs: number };
  /** set(height), for heights up to two above the head. */
  validatorSet(height: number): ValidatorSet;
  consensusParameters(): ConsensusParameters;
  hasWork(): boolean;
  /** A block over the head, or null when there is nothing to propose and no heartbeat is due. */
  build(request: {
    readonly height: number;
    readonly minTimeMs: number;
    readonly nowMs: number;
    readonly builder: ValidatorId;
  }): Promise<BuiltValue | null>;
  /** V1 to V8. Null: no verdict, because the height has passed or this node failed (R-V9). */
  judge(valueId: Hash, bytes: Uint8Array): Promise<JudgedValue | null>;
  /** Verifies a later block's signatures ahead of its turn; whatever it cannot is left for then. */
  verifyAhead(bytes: Uint8Array): Promise<void>;
  /** Makes a decided block durable; the only way to a new head (R-Y3). */
  commit(valueId: Hash, bytes: Uint8Array, certificate: CommitCertificate): Promise<void>;
  /** A committed block with its certificate, for peers that are behind. */
  committed(
    height: number,
  ): Promise<{ readonly block: Uint8Array; readonly certificate: Uint8Array } | undefined>;
}

export interface BuiltValue {
  readonly valueId: Hash;
  readonly timeMs: number;
  readonly bytes: Uint8Array;
}

export interface JudgedValue {
  readonly verdict: 'valid' | 'invalid';
  readonly timeMs: number;
  readonly builder: ValidatorId;
  readonly reason?: string;
}

/** Sends to validators and observers; losing a message is allowed, order on a link is kept. */
export interface PeerPort {
  broadcast(message: WireMessage): void;
  send(validator: ValidatorEntry, message: WireMessage): void;
  penalise(peerId: string, reason: string): void;
}

/** Bulk signature checks, off the event loop. */
export interface VerifierPort {
  verify(checks: readonly SignatureCheck[]): Promise<readonly boolean[]>;
}

export interface TimerPort {
  /** Calls back after the delay; the result cancels. */
  set(delayMs: number, fire: () => void): () => void;
}

/** The consensus log as the driver uses it (storage/consensusLog). */
export interface LogPort {
  readonly height: number;
  append(type: number, payload: Uint8Array): void;
  flush(): Promise<void>;
  rotate(height: number, initial: readonly LogEntry[]): Promise<void>;
  close(): Promise<void>;
}

/** Durable bodies of candidates (storage/candidateStore): P6, R-M4. */
export interface CandidatePort {
  saveBody(valueId: Hash, bytes: Uint8Array): Promise<void>;
  loadBody(valueId: Hash): Promise<Uint8Array | undefined>;
  keepOnly(valueIds: Iterable<Hash>): void;
  held(): Hash[];
}

export interface LogEntry {
  readonly type: number;
  readonly payload: Uint8Array;
}
