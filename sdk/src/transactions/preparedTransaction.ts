import type { Hash } from '@triflow/protocol';
import type { CallOptions } from '../deadline.js';
import type { Committed, Outcome } from './outcome.js';

/** A signed transaction, to be sent or sent again: the same bytes are the same request. */
export interface PreparedTransaction {
  /** `tx_` and hexadecimal. */
  readonly id: string;
  readonly txId: Hash;
  /** All signed bytes: keep them, they are the idempotency key. */
  readonly bytes: Uint8Array;
  readonly validUntilHeight: number;
  /** Sends and waits for the effect; throws the refusal's own code, or `OUTCOME_UNKNOWN`. */
  readonly commit: (options?: CallOptions) => Promise<Committed>;
  /** Sends, without waiting for a block. */
  readonly send: (options?: CallOptions) => Promise<{ readonly outcome: string }>;
  /** Waits for the outcome of what was sent. */
  readonly wait: (options?: CallOptions) => Promise<Outcome>;
  /** Proves how it ended, whatever is known so far; sends nothing. */
  readonly settle: (options?: CallOptions) => Promise<Outcome>;
}
