import { defined, type Hash, hashFromBytes } from '@triflow/protocol';
import type { BlockCommit } from './commitBlock.js';

/** A commit with recognisable contents, for tests of this package and of those who use it. */
export function sampleCommit(height: number, changes: Partial<BlockCommit> = {}): BlockCommit {
  const txId = sampleHash(height, 1);
  return {
    height,
    blockId: sampleHash(height, 0),
    block: sampleBytes('block', height),
    headerBytes: sampleBytes('header', height),
    certificate: height === 0 ? new Uint8Array() : sampleBytes('certificate', height),
    txIds: [txId],
    results: [sampleBytes('result', height)],
    stateWrites: [],
    buckets: [],
    undo: sampleBytes('undo', height),
    indexChanges: [],
    expiring: [{ txId, validUntilHeight: height + 5 }],
    expired: height < 5 ? [] : [{ txId: sampleHash(height - 5, 1), validUntilHeight: height }],
    ...changes,
  };
}

/** A hash that names a height and a number. */
export function sampleHash(height: number, number: number): Hash {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setFloat64(8, height);
  bytes[31] = number;
  return defined(hashFromBytes(bytes), 'sampleHash: 32 bytes');
}

/** Bytes that name a height and a purpose. */
export function sampleBytes(name: string, height: number): Uint8Array {
  return new Uint8Array(Buffer.from(`${name} of ${height}`));
}
