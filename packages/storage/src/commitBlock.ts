import { assert, type Hash } from '@triflow/protocol';
import type { BlockStore } from './blockStore.js';
import type { BucketStore, BucketWrite } from './bucketStore.js';
import type { CheckedStore } from './checkedStore.js';
import type { IndexChange, IndexStore } from './indexStore.js';
import type { StateStore, StateWrite } from './stateStore.js';
import type { Expiry, TxIndex } from './txIndex.js';

/** All that one committed block changes. The arrays are kept as they are: do not change them. */
export interface BlockCommit {
  readonly height: number;
  readonly blockId: Hash;
  /** `encodeBlock`. */
  readonly block: Uint8Array;
  readonly headerBytes: Uint8Array;
  /** Empty for genesis, height 0. */
  readonly certificate: Uint8Array;
  /** In block order. */
  readonly txIds: readonly Hash[];
  /** One for each txId in order, then those of evidence (R-E3). */
  readonly results: readonly Uint8Array[];
  /** Each key once. */
  readonly stateWrites: readonly StateWrite[];
  /** Each index once; `entries` may be empty. */
  readonly buckets: readonly BucketWrite[];
  /** What proofs at the parent's height need; not looked into. */
  readonly undo: Uint8Array;
  readonly indexChanges: readonly IndexChange[];
  /** Added to the expiry list. */
  readonly expiring: readonly Expiry[];
  /** Removed from it: all that have this last height. */
  readonly expired: readonly Expiry[];
}

export interface CommitTargets {
  readonly store: CheckedStore;
  readonly blocks: BlockStore;
  readonly state: StateStore;
  readonly index: IndexStore;
  readonly buckets: BucketStore;
  readonly transactions: TxIndex;
}

/**
 * Makes a block durable in one atomic, synchronous batch (P7). Synchronous reads answer from before
 * it until the promise resolves, then all at once from after it; `beforeWrite` runs in between,
 * when nothing has been written yet.
 */
export async function commitBlock(
  targets: CommitTargets,
  commit: BlockCommit,
  beforeWrite: () => void,
): Promise<void> {
  assert(commit.txIds.length <= commit.results.length, 'commitBlock: a result for each txId');
  const [transactions, ...prepared] = await Promise.all([
    targets.transactions.prepare(commit),
    targets.state.prepare(commit.stateWrites, commit.height),
    targets.index.prepare(commit.indexChanges, commit.height),
    targets.buckets.prepare(commit.buckets),
  ]);
  const operations = [
    ...targets.blocks.operations(commit),
    ...transactions,
    ...prepared.flatMap((writes) => writes.operations),
  ];
  for (const writes of prepared) writes.begin();
  beforeWrite();
  await targets.store.write(operations);
  for (const writes of prepared) writes.applied();
}
