import { assert, utf8FromText } from '@triflow/protocol';
import { sha256 } from '#sha256';
import { nodeHash } from './merkleTree.js';

export const STATE_DEPTH_MIN = 4;
export const STATE_DEPTH_MAX = 20;
/** keyHash (32) || valueHash (32). */
export const STATE_ENTRY_BYTES = 64;
export const STATE_KEY_HASH_BYTES = 32;

const LEAF_PREFIX = 0x00;
const INDEX_BITS = 24;

/** Hash of a state key, which selects the bucket. The key is well-formed text. */
export function stateKeyHash(key: string): Uint8Array {
  return sha256(utf8FromText(key));
}

/** The bucket of a key: the first `depth` bits of its hash, big-endian. */
export function stateBucketIndex(keyHash: Uint8Array, depth: number): number {
  assertDepth(depth);
  const bits = ((keyHash[0] ?? 0) << 16) | ((keyHash[1] ?? 0) << 8) | (keyHash[2] ?? 0);
  return bits >>> (INDEX_BITS - depth);
}

/** Leaf of a bucket, over its entries in ascending order of key hash; none for an empty bucket. */
export function stateLeafHash(entries: Uint8Array): Uint8Array {
  assert(entries.length % STATE_ENTRY_BYTES === 0, 'stateLeafHash: not whole entries');
  const preimage = new Uint8Array(1 + entries.length);
  preimage[0] = LEAF_PREFIX;
  preimage.set(entries, 1);
  return sha256(preimage);
}

/** Inner node of the state tree. */
export function stateNodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return nodeHash(left, right);
}

/** Hashes of empty subtrees by level: [0] an empty bucket's leaf, [depth] the empty tree's root. */
export function emptyStateHashes(depth: number): Uint8Array[] {
  assertDepth(depth);
  let hash = stateLeafHash(new Uint8Array(0));
  const hashes = [hash];
  for (let level = 1; level <= depth; level += 1) {
    hash = stateNodeHash(hash, hash);
    hashes.push(hash);
  }
  return hashes;
}

/** Whether a number can be the depth of a state tree. */
export function isStateDepth(depth: number): boolean {
  return Number.isInteger(depth) && depth >= STATE_DEPTH_MIN && depth <= STATE_DEPTH_MAX;
}

function assertDepth(depth: number): void {
  assert(isStateDepth(depth), `state tree: depth ${depth} is not ${STATE_DEPTH_MIN} to 20`);
}
