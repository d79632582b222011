import type { WriteOperation } from '@triflow/protocol';

/** One store's share of a block's batch, and its two steps around the write. */
export interface PreparedWrites {
  readonly operations: readonly WriteOperation[];
  /** From here until `applied` synchronous reads answer from before the batch. */
  begin(): void;
  /** The batch is durable: reads switch to it, all stores in the same turn. */
  applied(): void;
}
