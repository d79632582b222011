import {
  emptyStateHashes,
  sha256,
  stateBucketIndex,
  stateKeyHash,
  stateLeafHash,
  stateNodeHash,
} from '@triflow/crypto';
import {
  assert,
  compareBytes,
  concatBytes,
  equalBytes,
  type Hash,
  hexFromBytes,
} from '@triflow/protocol';

const HASH_BYTES = 32;
const ENTRY_BYTES = 2 * HASH_BYTES;
const UNDO_BYTES = 1 + ENTRY_BYTES;

/** A key's new value bytes, or null when the key goes. */
export interface StateChange {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** The entries of a bucket: keyHash and valueHash pairs, ascending by keyHash. */
export type BucketReader = (index: number) => Uint8Array | undefined;

export interface BucketUpdate {
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly entries: Uint8Array;
}

/** What a block would do to the tree; nothing is changed until it is applied. */
export interface TreeUpdate {
  readonly root: Hash;
  /** Changed nodes by heap position: root 1, children 2i and 2i + 1. */
  readonly nodes: ReadonlyMap<number, Uint8Array>;
  readonly buckets: readonly BucketUpdate[];
  /** Previous value hash of every changed key, for proofs at earlier heights. */
  readonly undo: Uint8Array;
}

interface EntryChange {
  readonly keyHash: Uint8Array;
  readonly valueHash: Uint8Array | null;
}

/**
 * The authenticated state: a binary Merkle tree of fixed depth over buckets of keys. Inner nodes
 * lie in one array in heap order, so that a path is index arithmetic; bucket entries stay in the
 * store. Hashing rules: `stateProof.ts` of crypto.
 */
export class StateTree {
  readonly depth: number;
  readonly #nodes: Uint8Array;

  /** Builds the inner nodes from the leaves of non-empty buckets. */
  constructor(depth: number, leaves: Iterable<{ index: number; leaf: Uint8Array }>) {
    this.depth = depth;
    this.#nodes = new Uint8Array(2 ** (depth + 1) * HASH_BYTES);
    const empty = emptyStateHashes(depth);
    for (let level = depth; level >= 0; level -= 1) {
      const hash = empty[depth - level] as Uint8Array;
      for (let i = 2 ** level; i < 2 ** (level + 1); i += 1) this.#set(i, hash);
    }
    const dirty = new Set<number>();
    for (const { index, leaf } of leaves) {
      this.#set(2 ** depth + index, leaf);
      dirty.add((2 ** depth + index) >>> 1);
    }
    this.#rehash(dirty);
  }

  /** The state root of the committed height. */
  root(): Hash {
    return hexFromBytes(this.node(1)) as Hash;
  }

  /** A node by heap position. */
  node(position: number): Uint8Array {
    return this.#nodes.subarray(position * HASH_BYTES, (position + 1) * HASH_BYTES);
  }

  /** Computes what a set of changes would give, over the committed tree. */
  prepare(changes: readonly StateChange[], readBucket: BucketReader): TreeUpdate {
    const entries = changes.map(({ key, value }) => {
      return { keyHash: stateKeyHash(key), valueHash: value === null ? null : sha256(value) };
    });
    return prepareUpdate(this, entries, readBucket);
  }

  /** Makes a prepared update the committed tree. */
  apply(update: TreeUpdate): void {
    for (const [position, hash] of update.nodes) this.#set(position, hash);
  }

  #set(position: number, hash: Uint8Array): void {
    this.#nodes.set(hash, position * HASH_BYTES);
  }

  #rehash(dirty: ReadonlySet<number>): void {
    let level = dirty;
    while (level.size > 0) {
      const parents = new Set<number>();
      for (const position of level) {
        this.#set(position, stateNodeHash(this.node(2 * position), this.node(2 * position + 1)));
        if (position > 1) parents.add(position >>> 1);
      }
      level = parents;
    }
  }
}

/** What proofs read: the committed tree, or an earlier height laid over it. */
export interface TreeView {
  readonly depth: number;
  readonly node: (position: number) => Uint8Array;
  readonly bucket: BucketReader;
}

/**
 * The tree as it was before the blocks whose undo records are given, newest first. Cost grows
 * with the keys that changed since.
 */
export function viewBefore(
  tree: StateTree,
  undoNewestFirst: readonly Uint8Array[],
  readBucket: BucketReader,
): TreeView {
  const oldest = new Map<string, EntryChange>();
  for (const undo of undoNewestFirst) {
    for (const change of readUndo(undo)) oldest.set(hexFromBytes(change.keyHash), change);
  }
  const update = prepareUpdate(tree, [...oldest.values()], readBucket);
  const buckets = new Map(update.buckets.map((bucket) => [bucket.index, bucket.entries]));
  return {
    depth: tree.depth,
    node: (position) => update.nodes.get(position) ?? tree.node(position),
    bucket: (index) => buckets.get(index) ?? readBucket(index),
  };
}

/** The committed tree as a view. */
export function viewOf(tree: StateTree, readBucket: BucketReader): TreeView {
  return { depth: tree.depth, node: (position) => tree.node(position), bucket: readBucket };
}

function prepareUpdate(
  tree: StateTree,
  changes: readonly EntryChange[],
  readBucket: BucketReader,
): TreeUpdate {
  const byBucket = new Map<number, EntryChange[]>();
  for (const change of changes) {
    const index = stateBucketIndex(change.keyHash, tree.depth);
    const list = byBucket.get(index);
    if (list === undefined) byBucket.set(index, [change]);
    else list.push(change);
  }
  const nodes = new Map<number, Uint8Array>();
  const buckets: BucketUpdate[] = [];
  const undo: Uint8Array[] = [];
  const indices = [...byBucket.keys()].sort((a, b) => a - b);
  for (const index of indices) {
    const entries = mergeBucket(
      readBucket(index) ?? new Uint8Array(0),
      byBucket.get(index) as EntryChange[],
      undo,
    );
    const leaf = stateLeafHash(entries);
    nodes.set(2 ** tree.depth + index, leaf);
    buckets.push({ index, leaf, entries });
  }
  hashUp(tree, nodes, indices);
  const root = hexFromBytes(nodes.get(1) ?? tree.node(1)) as Hash;
  return { root, nodes, buckets, undo: concatBytes(...undo) };
}

/** Recomputes the ancestors of changed leaves, level by level. */
function hashUp(tree: StateTree, nodes: Map<number, Uint8Array>, indices: readonly number[]): void {
  let level = indices.map((index) => 2 ** tree.depth + index);
  for (let depth = tree.depth; depth > 0; depth -= 1) {
    const parents: number[] = [];
    for (const position of level) {
      const parent = position >>> 1;
      if (parents.at(-1) === parent) continue;
      const left = nodes.get(2 * parent) ?? tree.node(2 * parent);
      const right = nodes.get(2 * parent + 1) ?? tree.node(2 * parent + 1);
      nodes.set(parent, stateNodeHash(left, right));
      parents.push(parent);
    }
    level = parents;
  }
}

/** Applies changes to a bucket's sorted entries and notes what stood there before. */
function mergeBucket(
  entries: Uint8Array,
  changes: readonly EntryChange[],
  undo: Uint8Array[],
): Uint8Array {
  assert(entries.length % ENTRY_BYTES === 0, 'stateTree: bucket entries are cut short');
  for (const { keyHash } of changes) undo.push(undoRecord(keyHash, valueIn(entries, keyHash)));
  const sorted = [...changes].sort((a, b) => compareBytes(a.keyHash, b.keyHash));
  const merged = new Uint8Array(entries.length + sorted.length * ENTRY_BYTES);
  let from = 0;
  let to = 0;
  for (const { keyHash, valueHash } of sorted) {
    const at = placeIn(entries, keyHash);
    merged.set(entries.subarray(from, at), to);
    to += at - from;
    from = isKeyAt(entries, at, keyHash) ? at + ENTRY_BYTES : at;
    if (valueHash === null) continue;
    merged.set(keyHash, to);
    merged.set(valueHash, to + HASH_BYTES);
    to += ENTRY_BYTES;
  }
  merged.set(entries.subarray(from), to);
  return merged.slice(0, to + entries.length - from);
}

/** Where a key stands among a bucket's sorted entries, or would stand. */
function placeIn(entries: Uint8Array, keyHash: Uint8Array): number {
  let at = 0;
  while (at < entries.length && compareBytes(entries.subarray(at, at + HASH_BYTES), keyHash) < 0) {
    at += ENTRY_BYTES;
  }
  return at;
}

function isKeyAt(entries: Uint8Array, at: number, keyHash: Uint8Array): boolean {
  return equalBytes(entries.subarray(at, at + HASH_BYTES), keyHash);
}

function valueIn(entries: Uint8Array, keyHash: Uint8Array): Uint8Array | undefined {
  const at = placeIn(entries, keyHash);
  const held = isKeyAt(entries, at, keyHash);
  return held ? entries.subarray(at + HASH_BYTES, at + ENTRY_BYTES) : undefined;
}

function undoRecord(keyHash: Uint8Array, valueHash: Uint8Array | undefined): Uint8Array {
  const record = new Uint8Array(UNDO_BYTES);
  record[0] = valueHash === undefined ? 0 : 1;
  record.set(keyHash, 1);
  if (valueHash !== undefined) record.set(valueHash, 1 + HASH_BYTES);
  return record;
}

function readUndo(undo: Uint8Array): EntryChange[] {
  assert(undo.length % UNDO_BYTES === 0, 'stateTree: undo record is cut short');
  const changes: EntryChange[] = [];
  for (let offset = 0; offset < undo.length; offset += UNDO_BYTES) {
    const valueAt = offset + 1 + HASH_BYTES;
    changes.push({
      keyHash: undo.subarray(offset + 1, valueAt),
      valueHash: undo[offset] === 1 ? undo.subarray(valueAt, valueAt + HASH_BYTES) : null,
    });
  }
  return changes;
}
