import { type StateProof, stateBucketIndex, stateKeyHash } from '@triflow/crypto';
import type { TreeView } from './stateTree.js';

/** Inclusion proof of a key with its value bytes, or absence proof when the value is null. */
export function proveState(view: TreeView, key: string, value: Uint8Array | null): StateProof {
  const index = stateBucketIndex(stateKeyHash(key), view.depth);
  const siblings: Uint8Array[] = [];
  for (let position = 2 ** view.depth + index; position > 1; position >>>= 1) {
    siblings.push(view.node(position ^ 1).slice());
  }
  return { key, value, entries: view.bucket(index) ?? new Uint8Array(0), siblings };
}
