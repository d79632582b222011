import { assert, type Hash, hashFromBytes, type WriteOperation } from '@triflow/protocol';
import { type CheckedStore, deleteRecord, putRecord } from './checkedStore.js';
import { prefixes } from './prefixes.js';
import { readUint32, writeUint32 } from './recordChecksum.js';
import {
  HASH_BYTES,
  HEIGHT_BYTES,
  hashKey,
  heightBytes,
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
  /** Ascending by height, then id. */
  expiryList(): AsyncIterable<Expiry>;
  operations(changes: TxChanges): WriteOperation[];
}

export interface TxChanges {
  readonly height: number;
  readonly txIds: readonly Hash[];
  readonly expiring: readonly Expiry[];
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
      for await (const [key] of store.range(prefixRange(prefixes.expiry))) yield expiryFrom(key);
    },
    operations: ({ height, txIds, expiring, expired }) => [
      ...txIds.map((txId, index) =>
        putRecord(hashKey(prefixes.transaction, txId), placeBytes(height, index)),
      ),
      ...expiring.map((expiry) => putRecord(expiryKey(expiry))),
      ...expired.map((expiry) => deleteRecord(expiryKey(expiry))),
    ],
  };
}

function placeBytes(height: number, index: number): Uint8Array {
  const bytes = new Uint8Array(HEIGHT_BYTES + 4);
  writeHeight(bytes, 0, height);
  writeUint32(bytes, HEIGHT_BYTES, index);
  return bytes;
}

function expiryKey({ txId, validUntilHeight }: Expiry): Uint8Array {
  return hashKey(prefixes.expiry, txId, heightBytes(validUntilHeight));
}

function expiryFrom(key: Uint8Array): Expiry {
  const txId = hashFromBytes(key.subarray(1 + HEIGHT_BYTES, 1 + HEIGHT_BYTES + HASH_BYTES));
  assert(txId !== undefined, 'expiryList: a key of another length');
  return { txId, validUntilHeight: readHeight(key, 1) };
}
