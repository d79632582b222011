import { assert, bytesFromHash, equalBytes, type Hash, limits } from '@triflow/protocol';
import { leafHash, nodeHash, parentLevel, rootOfHashes } from './merkleTree.js';

const DIGEST_BYTES = 32;

export interface Inclusion {
  /** The leaf's own bytes, not their hash. */
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array | Hash;
}

export interface Consistency {
  readonly firstSize: number;
  readonly firstRoot: Uint8Array | Hash;
  readonly secondSize: number;
  readonly secondRoot: Uint8Array | Hash;
  readonly path: readonly Uint8Array[];
}

/** Audit path of a leaf, from the leaf up (RFC 9162 section 2.1.3.1). */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  assert(Number.isInteger(index) && index >= 0 && index < leaves.length, 'inclusionProof: index');
  const path: Uint8Array[] = [];
  let level: readonly Uint8Array[] = leaves.map(leafHash);
  let position = index;
  while (level.length > 1) {
    const sibling = level[position ^ 1];
    if (sibling !== undefined) path.push(sibling);
    level = parentLevel(level);
    position >>>= 1;
  }
  return path;
}

/** Whether the path leads from the leaf to the root (RFC 9162 section 2.1.3.2). */
export function verifyInclusion(inclusion: Inclusion): boolean {
  const { leaf, index, size, path } = inclusion;
  if (!isSize(size) || !Number.isInteger(index) || index < 0 || index >= size) return false;
  if (!path.every(isDigest)) return false;
  let position = index;
  let last = size - 1;
  let hash = leafHash(leaf);
  for (const sibling of path) {
    if (last === 0) return false;
    if (isOdd(position) || position === last) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(position) && position !== 0) {
        position >>>= 1;
        last >>>= 1;
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    position >>>= 1;
    last >>>= 1;
  }
  return last === 0 && equalBytes(hash, rootBytes(inclusion.root));
}

/** Proof that the first `firstSize` leaves are a prefix (RFC 9162 section 2.1.4.1). */
export function consistencyProof(leaves: readonly Uint8Array[], firstSize: number): Uint8Array[] {
  assert(
    Number.isInteger(firstSize) && firstSize >= 1 && firstSize <= leaves.length,
    'consistencyProof: firstSize',
  );
  const path: Uint8Array[] = [];
  let hashes = leaves.map(leafHash);
  let size = firstSize;
  let whole = true;
  while (size !== hashes.length) {
    const split = splitOf(hashes.length);
    const left = hashes.slice(0, split);
    const right = hashes.slice(split);
    if (size <= split) {
      path.push(rootOfHashes(right));
      hashes = left;
    } else {
      path.push(rootOfHashes(left));
      hashes = right;
      size -= split;
      whole = false;
    }
  }
  if (!whole) path.push(rootOfHashes(hashes));
  return path.reverse();
}

/** Whether the second tree extends the first (RFC 9162 section 2.1.4.2). */
export function verifyConsistency(consistency: Consistency): boolean {
  const { firstSize, secondSize } = consistency;
  if (!isSize(firstSize) || !isSize(secondSize) || firstSize > secondSize) return false;
  if (!consistency.path.every(isDigest)) return false;
  const firstRoot = rootBytes(consistency.firstRoot);
  const secondRoot = rootBytes(consistency.secondRoot);
  if (firstSize === secondSize) {
    return consistency.path.length === 0 && equalBytes(firstRoot, secondRoot);
  }
  const [start, ...rest] = isPowerOfTwo(firstSize)
    ? [firstRoot, ...consistency.path]
    : consistency.path;
  if (start === undefined || !isDigest(start) || rest.length === 0) return false;
  const walked = walkConsistency(start, rest, firstSize - 1, secondSize - 1);
  if (walked === undefined) return false;
  return equalBytes(walked.first, firstRoot) && equalBytes(walked.second, secondRoot);
}

function walkConsistency(
  start: Uint8Array,
  rest: readonly Uint8Array[],
  firstLast: number,
  secondLast: number,
): { first: Uint8Array; second: Uint8Array } | undefined {
  let position = firstLast;
  let last = secondLast;
  while (isOdd(position)) {
    position >>>= 1;
    last >>>= 1;
  }
  let first = start;
  let second = start;
  for (const hash of rest) {
    if (last === 0) return undefined;
    if (isOdd(position) || position === last) {
      first = nodeHash(hash, first);
      second = nodeHash(hash, second);
      while (!isOdd(position) && position !== 0) {
        position >>>= 1;
        last >>>= 1;
      }
    } else {
      second = nodeHash(second, hash);
    }
    position >>>= 1;
    last >>>= 1;
  }
  return last === 0 ? { first, second } : undefined;
}

/** The largest power of two below a size of two or more. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

function isPowerOfTwo(size: number): boolean {
  return (size & (size - 1)) === 0;
}

function isOdd(value: number): boolean {
  return (value & 1) === 1;
}

function isSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= limits.merkleLeavesMax;
}

function isDigest(bytes: Uint8Array): boolean {
  return bytes.length === DIGEST_BYTES;
}

function rootBytes(root: Uint8Array | Hash): Uint8Array {
  return typeof root === 'string' ? bytesFromHash(root) : root;
}
