import './polyfill.js';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import type { PrivateKey } from '@libp2p/interface';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { assert, concatBytes } from '@triflow/protocol';

const SEED_BYTES = 32;
/** RFC 8410: what stands before the seed in a PKCS #8 Ed25519 key, and before a public key. */
const PKCS8_HEAD = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32);
const SPKI_HEAD_BYTES = 12;

/** The libp2p peer id text of an Ed25519 node key, from its 32-byte seed. */
export function peerIdFromSeed(seed: Uint8Array): string {
  return peerIdFromPrivateKey(privateKeyFromSeed(seed)).toString();
}

/** The libp2p form of a node key. */
export function privateKeyFromSeed(seed: Uint8Array): PrivateKey {
  assert(seed.length === SEED_BYTES, `node key seed: want 32 bytes, got ${seed.length}`);
  const key = createPrivateKey({
    key: Buffer.from(concatBytes(PKCS8_HEAD, seed)),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return privateKeyFromRaw(concatBytes(seed, spki.subarray(SPKI_HEAD_BYTES)));
}
