import {
  assert,
  CodedError,
  equalBytes,
  type KeyValueStore,
  limits,
  utf8FromText,
} from '@triflow/protocol';
import {
  type BlockRecords,
  type BlockStore,
  chainOperations,
  createBlockStore,
  type Head,
  readHead,
} from './blockStore.js';
import { type BucketStore, createBucketStore } from './bucketStore.js';
import { createCheckedStore, putRecord } from './checkedStore.js';
import { type BlockCommit, type CommitTargets, commitBlock } from './commitBlock.js';
import { createIndexStore } from './indexStore.js';
import type { LevelStore } from './levelStore.js';
import { createPastHistory, type PastHistory, type PruneStep } from './pastHistory.js';
import { prefixes } from './prefixes.js';
import type { GuardPost, ReadGuard } from './readGuard.js';
import { prefixRange, textKey } from './recordKeys.js';
import { createStateStore } from './stateStore.js';
import { statePruned, storeCorrupt } from './storeErrors.js';
import { createTxIndex, type TxIndex } from './txIndex.js';
import type { ListOptions } from './versionedTable.js';

const FORMAT_NAME = 'storeFormat';
const FORMAT = utf8FromText('2');

export interface LedgerStoreOptions {
  /** Default `limits.stateCacheBytesMax`. */
  readonly stateCacheBytesMax?: number;
  /** Default `limits.bucketCacheBytesMax`. */
  readonly bucketCacheBytesMax?: number;
  /** Newest heights whose undo records are kept; default `limits.proofHeightsKept`. */
  readonly undoHeightsKept?: number;
}

/** Small named values beside the chain: the genesis document and the like; each write is synced. */
export interface MetaStore {
  get(name: string): Promise<Uint8Array | undefined>;
  set(name: string, bytes: Uint8Array): Promise<void>;
}

export interface LedgerStoreStats {
  readonly stateCacheBytes: number;
  readonly bucketCacheBytes: number;
  /** Bytes on disk by prefix, as far as the engine can tell. */
  readonly bytes: Readonly<Record<string, number>>;
}

type KeptBlocks = Omit<BlockStore, 'operations' | 'undoFrom' | 'dropUndo'>;

/**
 * The ledger's typed store. Bytes it hands out are views that must not be changed. A height above
 * the head throws BLOCK_NOT_FOUND where it is asked for state, one whose state is no longer kept
 * CURSOR_PRUNED; elsewhere it is undefined.
 */
export interface LedgerStore extends KeptBlocks, Pick<TxIndex, 'expiryList'> {
  readonly meta: MetaStore;
  head(): Head | undefined;
  /** The lowest height whose state and indexes can be read. */
  stateFrom(): number;
  /** The lowest height whose proofs can be given; above the head when there are none. */
  proofsFrom(): number;
  /** Gives up the state below a height for good; at most the head. Durable when it resolves. */
  forgetBefore(height: number): Promise<void>;
  /** Removes a little of what was given up; may run while blocks are committed. */
  pruneStep(recordsMax: number): Promise<PruneStep>;
  /** Asserts that the height follows the head (the first is 0) and that nothing else commits. */
  commitBlock(commit: BlockCommit): Promise<void>;
  /** The value at the head, synchronously, through a read cache. */
  getState(key: string): Uint8Array | undefined;
  getStateAt(key: string, height: number): Promise<Uint8Array | undefined>;
  /** Keys and values at a height under a prefix, behind `after`, ascending by key bytes. */
  listState(options: ListOptions): Promise<{ key: string; value: Uint8Array }[]>;
  /** Index keys alive at a height under a prefix, behind `after`, ascending by bytes. */
  listIndex(options: ListOptions): Promise<string[]>;
  findTransaction: TxIndex['find'];
  /** Entries of a bucket of the state tree at the head; undefined when it has none. */
  getBucket: BucketStore['get'];
  bucketLeaves: BucketStore['leaves'];
  /** From now on reads from the disk are compared, and damage is told. */
  watch(guard: ReadGuard): void;
  /** Puts a committed block and its certificate, fetched anew, in the place of damaged ones. */
  restoreBlock(block: Omit<BlockRecords, 'results' | 'undo'>): Promise<void>;
  stats(): Promise<LedgerStoreStats>;
  close(): Promise<void>;
}

/**
 * Opens the ledger's stores over a key-value store, which it then owns. Throws STORE_CORRUPT when
 * the store has another format or its newest blocks do not form a chain up to the head.
 */
export async function createLedgerStore(
  kv: KeyValueStore,
  options: LedgerStoreOptions = {},
): Promise<LedgerStore> {
  const post: GuardPost = { guard: undefined };
  const store = createCheckedStore(kv, post);
  const head = await readHead(store);
  const undoKept = options.undoHeightsKept ?? limits.proofHeightsKept;
  const targets: CommitTargets = {
    store,
    blocks: await createBlockStore(store, undoKept),
    state: createStateStore(store, options.stateCacheBytesMax ?? limits.stateCacheBytesMax, post),
    index: createIndexStore(store),
    buckets: createBucketStore(
      store,
      options.bucketCacheBytesMax ?? limits.bucketCacheBytesMax,
      post,
    ),
    transactions: createTxIndex(store),
  };
  const past = await createPastHistory(store);
  const ledgerStore = new OpenLedgerStore(kv, targets, post, { head, past, undoKept });
  await checkFormat(ledgerStore);
  return ledgerStore;
}

interface OpenedHistory {
  readonly head: Head | undefined;
  readonly past: PastHistory;
  readonly undoKept: number;
}

class OpenLedgerStore implements LedgerStore {
  readonly #kv: KeyValueStore;
  readonly #targets: CommitTargets;
  readonly #post: GuardPost;
  readonly #past: PastHistory;
  readonly #undoKept: number;
  #head: Head | undefined;
  /** The newest height whose batch may have reached the store. */
  #writtenHeight: number;
  #committing = false;

  readonly getBlock: BlockStore['getBlock'];
  readonly getHeader: BlockStore['getHeader'];
  readonly getCertificate: BlockStore['getCertificate'];
  readonly getBlocks: BlockStore['getBlocks'];
  readonly getResults: BlockStore['getResults'];
  readonly getUndo: BlockStore['getUndo'];
  readonly getState: (key: string) => Uint8Array | undefined;
  readonly findTransaction: TxIndex['find'];
  readonly expiryList: TxIndex['expiryList'];
  readonly getBucket: BucketStore['get'];
  readonly bucketLeaves: BucketStore['leaves'];

  constructor(kv: KeyValueStore, targets: CommitTargets, post: GuardPost, opened: OpenedHistory) {
    const { head, past, undoKept } = opened;
    this.#kv = kv;
    this.#targets = targets;
    this.#post = post;
    this.#past = past;
    this.#undoKept = undoKept;
    this.#head = head;
    this.#writtenHeight = head?.height ?? -1;
    const { blocks, state, buckets, transactions } = targets;
    this.getBlock = blocks.getBlock;
    this.getHeader = blocks.getHeader;
    this.getCertificate = blocks.getCertificate;
    this.getBlocks = blocks.getBlocks;
    this.getResults = blocks.getResults;
    this.getUndo = blocks.getUndo;
    this.getState = state.get;
    this.findTransaction = transactions.find;
    this.expiryList = transactions.expiryList;
    this.getBucket = buckets.get;
    this.bucketLeaves = buckets.leaves;
  }

  readonly meta: MetaStore = {
    get: (name) => this.#targets.store.get(textKey(prefixes.meta, name)),
    set: (name, bytes) =>
      this.#targets.store.write([putRecord(textKey(prefixes.meta, name), bytes)]),
  };

  head(): Head | undefined {
    return this.#head;
  }

  stateFrom(): number {
    return this.#past.stateFrom();
  }

  proofsFrom(): number {
    const newest = (this.#head?.height ?? 0) - this.#undoKept + 1;
    return Math.max(1, newest, this.stateFrom(), this.#targets.blocks.undoFrom());
  }

  async forgetBefore(height: number): Promise<void> {
    assert(height <= (this.#head?.height ?? 0), 'forgetBefore: the head is kept');
    await this.#past.forgetBefore(height);
  }

  async pruneStep(recordsMax: number): Promise<PruneStep> {
    // A proof at a height takes back the blocks above it: it needs their undo records alone.
    const dropped = await this.#targets.blocks.dropUndo(this.proofsFrom(), recordsMax);
    if (dropped === recordsMax) {
      return { read: dropped, removed: dropped, range: undefined, isDone: false };
    }
    const step = await this.#past.pruneStep(recordsMax);
    return { ...step, read: step.read + dropped, removed: step.removed + dropped };
  }

  async commitBlock(commit: BlockCommit): Promise<void> {
    const { height, blockId } = commit;
    const next = this.#head === undefined ? 0 : this.#head.height + 1;
    assert(height === next, `commitBlock: height ${height} where ${next} follows`);
    assert(!this.#committing, 'commitBlock: another block is being committed');
    this.#committing = true;
    try {
      await commitBlock(this.#targets, commit, () => {
        this.#writtenHeight = height;
      });
      this.#head = { height, blockId };
    } finally {
      this.#committing = false;
    }
  }

  watch(guard: ReadGuard): void {
    this.#post.guard = guard;
  }

  async restoreBlock(block: Omit<BlockRecords, 'results' | 'undo'>): Promise<void> {
    const { height } = block;
    const head = this.#head?.height ?? -1;
    assert(height >= 1 && height <= head, `restoreBlock: height ${height} is not committed`);
    await this.#targets.store.write(chainOperations(block));
  }

  async getStateAt(key: string, height: number): Promise<Uint8Array | undefined> {
    this.#requireHeight(height);
    const value = await this.#targets.state.getAt(key, height);
    // After the read: what was given up meanwhile may be gone, and gone is not absent.
    if (!this.#past.isKeptForever(key)) this.#requireKept(height);
    return value;
  }

  async listState(options: ListOptions): Promise<{ key: string; value: Uint8Array }[]> {
    this.#requireList(options);
    const isNewest = () => this.#writtenHeight <= options.height;
    const page = await this.#targets.state.list(options, isNewest);
    this.#requireKept(options.height);
    return page;
  }

  async listIndex(options: ListOptions): Promise<string[]> {
    this.#requireList(options);
    const isNewest = () => this.#writtenHeight <= options.height;
    const page = await this.#targets.index.list(options, isNewest);
    this.#requireKept(options.height);
    return page;
  }

  async stats(): Promise<LedgerStoreStats> {
    return {
      stateCacheBytes: this.#targets.state.cacheBytes,
      bucketCacheBytes: this.#targets.buckets.cacheBytes,
      bytes: await bytesByPrefix(this.#kv),
    };
  }

  close(): Promise<void> {
    return this.#kv.close();
  }

  #requireList(options: ListOptions): void {
    const { limit, height } = options;
    assert(Number.isSafeInteger(limit) && limit > 0, 'list: limit is a positive count');
    assert(limit <= limits.storeListMax, 'list: limit is over limits.storeListMax');
    this.#requireHeight(height);
  }

  #requireKept(height: number): void {
    const oldest = this.stateFrom();
    if (height < oldest) throw statePruned(oldest);
  }

  #requireHeight(height: number): void {
    const head = this.#head?.height ?? -1;
    if (Number.isSafeInteger(height) && height >= 0 && height <= head) return;
    throw new CodedError('BLOCK_NOT_FOUND', `there is no block at height ${height} yet`, {
      details: { height, head },
    });
  }
}

/** A new store is marked with its format; any other must carry this one. */
async function checkFormat(store: LedgerStore): Promise<void> {
  const found = await store.meta.get(FORMAT_NAME);
  if (found !== undefined && equalBytes(found, FORMAT)) return;
  if (found === undefined && store.head() === undefined) {
    await store.meta.set(FORMAT_NAME, FORMAT);
    return;
  }
  throw storeCorrupt('the store has a format that this program does not read');
}

async function bytesByPrefix(kv: KeyValueStore): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {};
  if (!isSized(kv)) return bytes;
  for (const [name, prefix] of Object.entries(prefixes)) {
    const { from, to } = prefixRange(prefix);
    bytes[name] = await kv.approximateBytes(from, to);
  }
  return bytes;
}

function isSized(kv: KeyValueStore): kv is LevelStore {
  return 'approximateBytes' in kv;
}
