import {
  assert,
  bytesFromHash,
  type CborValue,
  compareBytes,
  decodeCanonical,
  encodeCanonical,
  equalBytes,
  failure,
  type Hash,
  isWellFormedText,
  limits,
  type Result,
  success,
  utf8FromText,
} from '@triflow/protocol';
import { sha256 } from '#sha256';
import {
  isStateDepth,
  STATE_DEPTH_MAX,
  STATE_ENTRY_BYTES,
  STATE_KEY_HASH_BYTES,
  stateBucketIndex,
  stateKeyHash,
  stateLeafHash,
  stateNodeHash,
} from './stateTreeHash.js';

export const STATE_PROOF_DOMAIN = 'triflow/state-proof/1';

const DIGEST_BYTES = 32;

/** What a key holds, or that it holds nothing, at the height of a header's stateRoot. */
export interface StateProof {
  readonly key: string;
  /** Canonical bytes of the record; null proves absence. */
  readonly value: Uint8Array | null;
  /** The whole bucket: keyHash || valueHash, strictly ascending. */
  readonly entries: Uint8Array;
  /** From the leaf up, as many as the tree is deep. */
  readonly siblings: readonly Uint8Array[];
}

export type StateVerdict = 'inclusion' | 'absence';

/**
 * Checks a state proof against a header's stateRoot. It speaks of `proof.key` alone: the caller
 * compares that with the key it asked for. Fault: `verification_failed`.
 */
export function verifyStateProof(options: {
  readonly root: Hash;
  readonly depth: number;
  readonly proof: StateProof;
}): Result<StateVerdict> {
  const { root, depth, proof } = options;
  if (!isStateDepth(depth)) return failed(`no tree is ${depth} deep`);
  if (!isKey(proof.key)) return failed('the key is not a state key');
  if (proof.siblings.length !== depth) {
    return failed(`${proof.siblings.length} siblings in a tree ${depth} deep`);
  }
  if (!proof.siblings.every(isDigest)) return failed('a sibling is not a digest');
  const keyHash = stateKeyHash(proof.key);
  const bucket = stateBucketIndex(keyHash, depth);
  const wrong = faultOfEntries(proof.entries, bucket, depth);
  if (wrong !== undefined) return failed(wrong);
  if (!equalBytes(rootOf(proof, bucket), bytesFromHash(root))) {
    return failed('the proof does not lead to this root');
  }
  const held = valueHashOf(proof.entries, keyHash);
  if (proof.value === null) {
    return held === undefined ? success('absence') : failed('the key is present');
  }
  if (held === undefined) return failed('the key is absent');
  const matches = equalBytes(held, sha256(proof.value));
  return matches ? success('inclusion') : failed('the value is not the one in the state');
}

/** The one byte form of a proof. */
export function encodeStateProof(proof: StateProof): Uint8Array {
  assert(isWellFormedProof(proof), 'encodeStateProof: malformed');
  const { key, value, entries, siblings } = proof;
  return encodeCanonical([STATE_PROOF_DOMAIN, key, value, entries, [...siblings]]);
}

/**
 * Reads a proof's bytes and checks their form. Faults: `encoding_not_canonical`,
 * `proof_malformed`.
 */
export function decodeStateProof(bytes: Uint8Array): Result<StateProof> {
  if (bytes.length > limits.stateProofBytesMax) return malformed(`${bytes.length} bytes`);
  const decoded = decodeCanonical(bytes);
  if (!decoded.ok) return decoded;
  if (!Array.isArray(decoded.value) || decoded.value.length !== 5) return malformed('not a proof');
  const [domain, key, value, entries, siblings] = decoded.value as readonly CborValue[];
  if (domain !== STATE_PROOF_DOMAIN) return malformed('not a proof');
  if (typeof key !== 'string') return malformed('the key is not text');
  if (value !== null && !(value instanceof Uint8Array)) return malformed('the value is not bytes');
  if (!(entries instanceof Uint8Array)) return malformed('the entries are not bytes');
  if (!isBytesList(siblings)) return malformed('the siblings are not digests');
  const proof: StateProof = { key, value, entries, siblings };
  return isWellFormedProof(proof) ? success(proof) : malformed('a member has a wrong length');
}

/** Whole entries, strictly ascending, all of this bucket, so that nobody reads it in two ways. */
function faultOfEntries(entries: Uint8Array, bucket: number, depth: number): string | undefined {
  if (entries.length % STATE_ENTRY_BYTES !== 0) return 'the bucket is cut inside an entry';
  let previous: Uint8Array | undefined;
  for (let start = 0; start < entries.length; start += STATE_ENTRY_BYTES) {
    const keyHash = entries.subarray(start, start + STATE_KEY_HASH_BYTES);
    if (stateBucketIndex(keyHash, depth) !== bucket) return 'an entry is of another bucket';
    if (previous !== undefined && compareBytes(previous, keyHash) >= 0) {
      return 'the entries are not in order';
    }
    previous = keyHash;
  }
  return undefined;
}

function rootOf(proof: StateProof, bucket: number): Uint8Array {
  let position = bucket;
  let hash = stateLeafHash(proof.entries);
  for (const sibling of proof.siblings) {
    hash = (position & 1) === 0 ? stateNodeHash(hash, sibling) : stateNodeHash(sibling, hash);
    position >>>= 1;
  }
  return hash;
}

function valueHashOf(entries: Uint8Array, keyHash: Uint8Array): Uint8Array | undefined {
  for (let start = 0; start < entries.length; start += STATE_ENTRY_BYTES) {
    const middle = start + STATE_KEY_HASH_BYTES;
    if (equalBytes(entries.subarray(start, middle), keyHash)) {
      return entries.subarray(middle, start + STATE_ENTRY_BYTES);
    }
  }
  return undefined;
}

function isWellFormedProof(proof: StateProof): boolean {
  if (!isKey(proof.key) || proof.entries.length % STATE_ENTRY_BYTES !== 0) return false;
  if (proof.value !== null && proof.value.length > limits.stateValueBytesMax) return false;
  return proof.siblings.length <= STATE_DEPTH_MAX && proof.siblings.every(isDigest);
}

/** UTF-8 replaces a lone surrogate, so two such texts would share a hash. */
function isKey(key: string): boolean {
  if (key.length > limits.stateKeyBytesMax || !isWellFormedText(key)) return false;
  return key.length > 0 && utf8FromText(key).length <= limits.stateKeyBytesMax;
}

function isBytesList(value: CborValue | undefined): value is Uint8Array[] {
  return Array.isArray(value) && value.every((item) => item instanceof Uint8Array);
}

function isDigest(bytes: Uint8Array): boolean {
  return bytes.length === DIGEST_BYTES;
}

function failed(message: string): ReturnType<typeof failure> {
  return failure('verification_failed', message);
}

function malformed(message: string): ReturnType<typeof failure> {
  return failure('proof_malformed', message);
}
