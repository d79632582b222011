import { sha256, stateBucketIndex, stateKeyHash, stateLeafHash } from '@triflow/crypto';
import { equalBytes } from '@triflow/protocol';
import type { BucketReader, StateTree } from './stateTree.js';

const HASH_BYTES = 32;
const ENTRY_BYTES = 2 * HASH_BYTES;

/** Whether a key holds this value, or with undefined none, in the committed state. */
export function holdsState(
  tree: StateTree,
  readBucket: BucketReader,
  key: string,
  value: Uint8Array | undefined,
): boolean {
  const keyHash = stateKeyHash(key);
  const entries = readBucket(stateBucketIndex(keyHash, tree.depth)) ?? new Uint8Array();
  const found = valueHashIn(entries, keyHash);
  if (found === undefined || value === undefined) return found === undefined && value === undefined;
  return equalBytes(found, sha256(value));
}

/** Whether these are the entries that the committed tree has at a bucket. */
export function holdsBucket(tree: StateTree, index: number, entries: Uint8Array): boolean {
  return equalBytes(stateLeafHash(entries), tree.node(2 ** tree.depth + index));
}

function valueHashIn(entries: Uint8Array, keyHash: Uint8Array): Uint8Array | undefined {
  for (let start = 0; start < entries.length; start += ENTRY_BYTES) {
    const middle = start + HASH_BYTES;
    if (!equalBytes(entries.subarray(start, middle), keyHash)) continue;
    return entries.subarray(middle, start + ENTRY_BYTES);
  }
  return undefined;
}
