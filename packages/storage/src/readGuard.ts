import type { CodedError } from '@triflow/protocol';

/**
 * What watches over the reads of a ledger's store. Checksums find a record that was damaged or is
 * in the wrong place, but not an old one or one that is gone: who holds the state tree compares.
 */
export interface ReadGuard {
  /** Whether the tree says that the state holds nothing under a key: then nobody asks the disk. */
  isAbsent(key: string): boolean;
  /** A state record at the head as the disk gave it, or its absence. Throws STORE_CORRUPT. */
  state(key: string, value: Uint8Array | undefined): void;
  /** A bucket's entries at the head as the disk gave them. Throws STORE_CORRUPT. */
  bucket(index: number, entries: Uint8Array): void;
  /** A record could not be read; whoever asked for it gets the same error. */
  damaged(error: CodedError): void;
}

/** The guard in force; none while a store is being opened. */
export interface GuardPost {
  guard: ReadGuard | undefined;
}
