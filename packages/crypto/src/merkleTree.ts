import { assert, type Hash, hashFromBytes, limits } from '@triflow/protocol';
import { sha256 } from '#sha256';

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;
const DIGEST_BYTES = 32;

/** Reused: hashing is synchronous and a node's preimage always has this length. */
const nodePreimage = new Uint8Array(1 + 2 * DIGEST_BYTES);
nodePreimage[0] = NODE_PREFIX;

/** Root of an RFC 9162 tree (section 2.1.1); of no leaves, the hash of the empty string. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  assert(leaves.length <= limits.merkleLeavesMax, 'merkleRoot: too many leaves');
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  return rootOfHashes(leaves.map(leafHash));
}

/** Root of an RFC 9162 tree as the branded hash that headers carry. */
export function merkleRootHash(leaves: readonly Uint8Array[]): Hash {
  const root = hashFromBytes(merkleRoot(leaves));
  assert(root !== undefined, 'merkleRootHash: a digest has 32 bytes');
  return root;
}

/**
 * Root over leaf hashes, one or more. Pairing neighbours level by level and carrying an odd last
 * one up gives RFC 9162's tree: it splits at the largest power of two below the size.
 */
export function rootOfHashes(hashes: readonly Uint8Array[]): Uint8Array {
  let level = hashes;
  while (level.length > 1) level = parentLevel(level);
  const [root] = level;
  assert(root !== undefined, 'rootOfHashes: no leaves');
  return root;
}

/** The next level up: pairs hashed, an odd last node carried. */
export function parentLevel(level: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i];
    const right = level[i + 1];
    assert(left !== undefined, 'parentLevel: hole in a level');
    parents.push(right === undefined ? left : nodeHash(left, right));
  }
  return parents;
}

/** H(0x00 || leaf). */
export function leafHash(leaf: Uint8Array): Uint8Array {
  const preimage = new Uint8Array(1 + leaf.length);
  preimage[0] = LEAF_PREFIX;
  preimage.set(leaf, 1);
  return sha256(preimage);
}

/** H(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  assert(left.length === DIGEST_BYTES && right.length === DIGEST_BYTES, 'nodeHash: not digests');
  nodePreimage.set(left, 1);
  nodePreimage.set(right, 1 + DIGEST_BYTES);
  return sha256(nodePreimage);
}
