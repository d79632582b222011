/** A byte store with atomic batches; keys are ordered by their bytes. */
export interface KeyValueStore {
  /** Synchronous read of one key, for execution; undefined when absent. */
  getSync(key: Uint8Array): Uint8Array | undefined;
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>;
  /** Entries with from <= key < to, ascending or descending. */
  range(options: RangeOptions): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>;
  /** All operations or none; `sync` returns only when they are on disk. */
  write(operations: readonly WriteOperation[], options: { readonly sync: boolean }): Promise<void>;
  close(): Promise<void>;
}

export interface RangeOptions {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly limit?: number;
  readonly reverse?: boolean;
}

export type WriteOperation =
  | { readonly kind: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: 'delete'; readonly key: Uint8Array };

/** Committed state at one height, read synchronously by its text key. */
export interface StateReader {
  /** Canonical bytes under a state key, or undefined. */
  get(key: string): Uint8Array | undefined;
}

/** Signs with one key; a remote signer may take its time. */
export interface Signer {
  readonly suite: string;
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Hashing of the chain's suite, handed to those who may not import crypto. */
export interface Hasher {
  hash(bytes: Uint8Array): Uint8Array;
  merkleRoot(leaves: readonly Uint8Array[]): Uint8Array;
}

export interface Clock {
  nowMs(): number;
}

export interface Logger {
  debug(event: string, facts?: Record<string, unknown>): void;
  info(event: string, facts?: Record<string, unknown>): void;
  warn(event: string, facts?: Record<string, unknown>): void;
  error(event: string, facts?: Record<string, unknown>): void;
}
