import {
  assert,
  bytesFromHash,
  type Hash,
  hashFromBytes,
  isCodedError,
  limits,
  type WriteOperation,
} from '@triflow/protocol';
import { type CheckedStore, deleteRecord, putRecord } from './checkedStore.js';
import { prefixes } from './prefixes.js';
import { readUint32, writeUint32 } from './recordChecksum.js';
import {
  HASH_BYTES,
  HEIGHT_BYTES,
  heightBytes,
  heightKey,
  prefixRange,
  readHeight,
} from './recordKeys.js';
import { storeCorrupt } from './storeErrors.js';

/** Undo records removed with one block, when the number kept was lowered. */
const UNDO_REMOVALS_MAX = 16;
const HEAD_KEY = Uint8Array.of(prefixes.head);

export interface Head {
  readonly height: number;
  readonly blockId: Hash;
}

export interface BlockRecords extends Head {
  readonly block: Uint8Array;
  readonly headerBytes: Uint8Array;
  readonly certificate: Uint8Array;
  readonly results: readonly Uint8Array[];
  readonly undo: Uint8Array;
}

export interface StoredBlock {
  readonly block: Uint8Array;
  readonly certificate: Uint8Array;
}

/** Blocks and what belongs to them, by height. */
export interface BlockStore {
  getBlock(height: number): Promise<Uint8Array | undefined>;
  getHeader(height: number): Promise<Uint8Array | undefined>;
  getCertificate(height: number): Promise<Uint8Array | undefined>;
  getResults(height: number): Promise<Uint8Array[] | undefined>;
  getUndo(height: number): Promise<Uint8Array | undefined>;
  /** Ascending; ends before `bytesMax` is passed, but the first comes whatever its size. */
  getBlocks(from: number, count: number, bytesMax: number): Promise<StoredBlock[]>;
  operations(records: BlockRecords): WriteOperation[];
  /** The lowest height whose undo record is kept. */
  undoFrom(): number;
  /** Removes undo records below a height, at most so many; gives how many they were. */
  dropUndo(below: number, countMax: number): Promise<number>;
}

/** Creates the blocks' store; keeps the undo records of so many newest heights. */
export async function createBlockStore(
  store: CheckedStore,
  undoHeightsKept: number,
): Promise<BlockStore> {
  let oldestUndo = await firstHeight(store, prefixes.undo);
  const undoRemovals = (below: number, countMax: number): WriteOperation[] => {
    const removals: WriteOperation[] = [];
    const end = Math.min(below, oldestUndo + countMax);
    for (; oldestUndo < end; oldestUndo += 1) {
      removals.push(deleteRecord(heightKey(prefixes.undo, oldestUndo)));
    }
    return removals;
  };
  return {
    getBlock: (height) => store.get(heightKey(prefixes.block, height)),
    async getHeader(height) {
      const record = await store.get(heightKey(prefixes.header, height));
      return record?.subarray(HASH_BYTES);
    },
    getCertificate: (height) => store.get(heightKey(prefixes.certificate, height)),
    async getResults(height) {
      const record = await store.get(heightKey(prefixes.results, height));
      return record === undefined ? undefined : splitList(record);
    },
    getUndo: (height) => store.get(heightKey(prefixes.undo, height)),
    getBlocks: (from, count, bytesMax) => readBlocks(store, from, count, bytesMax),
    operations(records) {
      const below = records.height - undoHeightsKept + 1;
      return [...blockOperations(records), ...undoRemovals(below, UNDO_REMOVALS_MAX)];
    },
    undoFrom: () => oldestUndo,
    async dropUndo(below, countMax) {
      const removals = undoRemovals(below, countMax);
      if (removals.length > 0) await store.write(removals);
      return removals.length;
    },
  };
}

/**
 * The newest block, checked: the last heights must stand without a gap up to the head and nothing
 * above it. The engine drops damaged pieces of its log without a word; this notices (P7).
 */
export async function readHead(store: CheckedStore): Promise<Head | undefined> {
  const record = await store.get(HEAD_KEY);
  const head = record === undefined ? undefined : headFrom(record);
  const first = head === undefined ? 0 : Math.max(0, head.height - limits.startCheckHeightsMax);
  const range = { ...prefixRange(prefixes.header), from: heightKey(prefixes.header, first) };
  let height = first - 1;
  let blockId: Hash | undefined;
  for await (const [key, header] of store.range(range)) {
    height += 1;
    if (readHeight(key, 1) !== height) throw broken(`block ${height} is missing`, height);
    if (head === undefined || height > head.height) {
      throw broken(`block ${height} is above the head`, height);
    }
    blockId = hashFromBytes(header.subarray(0, HASH_BYTES));
  }
  if (head === undefined) return undefined;
  if (height !== head.height) throw broken(`block ${height + 1} is missing`, height + 1);
  if (blockId !== head.blockId) throw broken(`block ${height} is not the head's`, height);
  return head;
}

async function readBlocks(
  store: CheckedStore,
  from: number,
  count: number,
  bytesMax: number,
): Promise<StoredBlock[]> {
  const blocks: StoredBlock[] = [];
  let bytes = 0;
  for (let height = from; height < from + count; height += 1) {
    const keys = [heightKey(prefixes.block, height), heightKey(prefixes.certificate, height)];
    // What precedes a damaged block is still worth giving.
    const found = await store.getMany(keys).catch((error: unknown) => {
      if (blocks.length > 0 && isCodedError(error, 'STORE_CORRUPT')) return [];
      throw error;
    });
    const [block, certificate] = found;
    if (block === undefined || certificate === undefined) return blocks;
    bytes += block.length + certificate.length;
    if (blocks.length > 0 && bytes > bytesMax) return blocks;
    blocks.push({ block, certificate });
  }
  return blocks;
}

/** The records of a block that other nodes hold, too: they can be fetched anew. */
export function chainOperations(records: Omit<BlockRecords, 'results' | 'undo'>): WriteOperation[] {
  const { height } = records;
  const id = bytesFromHash(records.blockId);
  return [
    putRecord(heightKey(prefixes.block, height), records.block),
    putRecord(heightKey(prefixes.header, height), id, records.headerBytes),
    putRecord(heightKey(prefixes.certificate, height), records.certificate),
  ];
}

function blockOperations(records: BlockRecords): WriteOperation[] {
  const { height } = records;
  const id = bytesFromHash(records.blockId);
  return [
    ...chainOperations(records),
    putRecord(heightKey(prefixes.results, height), ...listParts(records.results)),
    putRecord(heightKey(prefixes.undo, height), records.undo),
    putRecord(HEAD_KEY, heightBytes(height), id),
  ];
}

async function firstHeight(store: CheckedStore, prefix: typeof prefixes.undo): Promise<number> {
  for await (const [key] of store.range({ ...prefixRange(prefix), limit: 1 })) {
    return readHeight(key, 1);
  }
  return 0;
}

function headFrom(record: Uint8Array): Head {
  const blockId = hashFromBytes(record.subarray(HEIGHT_BYTES));
  assert(blockId !== undefined, 'readHead: a record of another length');
  return { height: readHeight(record, 0), blockId };
}

/** Each item behind its length of 4 bytes. */
function listParts(items: readonly Uint8Array[]): Uint8Array[] {
  return items.flatMap((item) => {
    const length = new Uint8Array(4);
    writeUint32(length, 0, item.length);
    return [length, item];
  });
}

function splitList(bytes: Uint8Array): Uint8Array[] {
  const items: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const start = offset + 4;
    offset = start + readUint32(bytes, offset);
    items.push(bytes.subarray(start, offset));
  }
  return items;
}

function broken(what: string, height: number): Error {
  return storeCorrupt(`the store is not whole: ${what}`, { height });
}
