import {
  assert,
  bytesFromHash,
  type Hash,
  hashFromBytes,
  type WriteOperation,
} from '@triflow/protocol';
import { type CheckedStore, deleteRecord, putRecord } from './checkedStore.js';
import { prefixes } from './prefixes.js';
import { readUint32, writeUint32 } from './recordChecksum.js';
import {
  HASH_BYTES,
  HEIGHT_BYTES,
  hashKey,
  prefixRange,
  readHeight,
  writeHeight,
} from './recordKeys.js';

export interface Expiry {
  readonly txId: Hash;
  readonly validUntilHeight: number;
}

export interface TransactionPlace {
  readonly height: number;
  /** Position in the block. */
  readonly index: number;
}

/** Where a transaction stands, and which recent ids are still held against repetition. */
export interface TxIndex {
  find(txId: Hash): Promise<TransactionPlace | undefined>;
  /** Ascending by last height, then by the block that holds them. */
  expiryList(): AsyncIterable<Expiry>;
  prepare(changes: TxChanges): Promise<WriteOperation[]>;
}

export interface TxChanges {
  readonly height: number;
  readonly txIds: readonly Hash[];
  readonly expiring: readonly Expiry[];
  /** Ids that go, all those of a last height together. */
  readonly expired: readonly Expiry[];
}

/** Creates the index of transactions. */
export function createTxIndex(store: CheckedStore): TxIndex {
  return {
    async find(txId) {
      const record = await store.get(hashKey(prefixes.transaction, txId));
      if (record === undefined) return undefined;
      return { height: readHeight(record, 0), index: readUint32(record, HEIGHT_BYTES) };
    },
    async *expiryList() {
      for await (const [key, ids] of store.range(prefixRange(prefixes.expiry))) {
        const validUntilHeight = readHeight(key, 1);
        for (const txId of idsFrom(ids)) yield { txId, validUntilHeight };
      }
    },
    async prepare({ height, txIds, expiring, expired }) {
      const operations: WriteOperation[] = [];
      for (const [index, txId] of txIds.entries()) {
        const key = hashKey(prefixes.transaction, txId);
        operations.push(putRecord(key, placeBytes(height, index)));
      }
      for (const [last, ids] of byLastHeight(expiring)) {
        operations.push(putRecord(expiryKey(last, height), ...ids.map(bytesFromHash)));
      }
      for (const last of byLastHeight(expired).keys()) {
        const range = { from: expiryKey(last, 0), to: expiryKey(last + 1, 0) };
        for await (const [key] of store.range(range)) operations.push(deleteRecord(key));
      }
      return operations;
    },
  };
}

function byLastHeight(list: readonly Expiry[]): Map<number, Hash[]> {
  const groups = new Map<number, Hash[]>();
  for (const { txId, validUntilHeight } of list) {
    const group = groups.get(validUntilHeight);
    if (group === undefined) groups.set(validUntilHeight, [txId]);
    else group.push(txId);
  }
  return groups;
}

function placeBytes(height: number, index: number): Uint8Array {
  const bytes = new Uint8Array(HEIGHT_BYTES + 4);
  writeHeight(bytes, 0, height);
  writeUint32(bytes, HEIGHT_BYTES, index);
  return bytes;
}

function expiryKey(validUntilHeight: number, height: number): Uint8Array {
  const key = new Uint8Array(1 + 2 * HEIGHT_BYTES);
  key[0] = prefixes.expiry;
  writeHeight(key, 1, validUntilHeight);
  writeHeight(key, 1 + HEIGHT_BYTES, height);
  return key;
}

function* idsFrom(record: Uint8Array): Generator<Hash> {
  for (let offset = 0; offset < record.length; offset += HASH_BYTES) {
    const txId = hashFromBytes(record.subarray(offset, offset + HASH_BYTES));
    assert(txId !== undefined, 'expiryList: a record of another length');
    yield txId;
  }
}
