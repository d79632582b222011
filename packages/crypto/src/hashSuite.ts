import type { Hash, Hasher } from '@triflow/protocol';
import { sha256, sha256Hex } from '#sha256';
import { merkleRoot } from './merkleTree.js';

export { sha256 };

export interface HashSuite extends Hasher {
  readonly id: string;
  readonly digestBytes: number;
}

const sha256Suite: HashSuite = { id: 'sha256', digestBytes: 32, hash: sha256, merkleRoot };

/** Hash suites by the id that genesis names. */
export const hashSuites: ReadonlyMap<string, HashSuite> = new Map([[sha256Suite.id, sha256Suite]]);

/** The one suite of version 1, as the port that other packages are handed. */
export const hasher: Hasher = sha256Suite;

/** SHA-256 as the branded id that headers, votes and transactions carry. */
export function hashOf(bytes: Uint8Array): Hash {
  return sha256Hex(bytes) as Hash;
}
