import {
  isCodedError,
  type KeyValueStore,
  type RangeOptions,
  type WriteOperation,
} from '@triflow/protocol';
import type { GuardPost } from './readGuard.js';
import { openRecord, sealRecord } from './recordChecksum.js';

/** A byte store whose records carry their checksums; reads throw STORE_CORRUPT. */
export interface CheckedStore {
  getSync(key: Uint8Array): Uint8Array | undefined;
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>;
  range(options: RangeOptions): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>;
  write(operations: readonly WriteOperation[]): Promise<void>;
}

/**
 * Reads and writes through the checksums of `recordChecksum.ts`; each write is synchronous. The
 * guard hears of every record that cannot be read.
 */
export function createCheckedStore(
  kv: KeyValueStore,
  post: GuardPost = { guard: undefined },
): CheckedStore {
  const told = (error: unknown): unknown => {
    if (isCodedError(error, 'STORE_CORRUPT')) post.guard?.damaged(error);
    return error;
  };
  const telling = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      throw told(error);
    }
  };
  return {
    getSync(key) {
      try {
        return opened(key, kv.getSync(key));
      } catch (error) {
        throw told(error);
      }
    },
    get: (key) => telling(async () => opened(key, await kv.get(key))),
    getMany: (keys) =>
      telling(async () => {
        const stored = await kv.getMany(keys);
        return keys.map((key, i) => opened(key, stored[i]));
      }),
    async *range(options) {
      try {
        for await (const [key, stored] of kv.range(options)) yield [key, openRecord(key, stored)];
      } catch (error) {
        throw told(error);
      }
    },
    write: (operations) => kv.write(operations, { sync: true }),
  };
}

/** An operation that stores a value, given in parts, with its checksum. */
export function putRecord(key: Uint8Array, ...parts: readonly Uint8Array[]): WriteOperation {
  return { kind: 'put', key, value: sealRecord(key, ...parts) };
}

/** An operation that removes a record. */
export function deleteRecord(key: Uint8Array): WriteOperation {
  return { kind: 'delete', key };
}

function opened(key: Uint8Array, stored: Uint8Array | undefined): Uint8Array | undefined {
  return stored === undefined ? undefined : openRecord(key, stored);
}
