import './polyfill.js';
import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import type { PrivateKey } from '@libp2p/interface';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { publicKeyFromSeed } from '@triflow/crypto';
import { concatBytes } from '@triflow/protocol';

/** The libp2p peer id text of an Ed25519 node key, from its 32-byte seed. */
export function peerIdFromSeed(seed: Uint8Array): string {
  return peerIdFromPrivateKey(privateKeyFromSeed(seed)).toString();
}

/** The libp2p form of a node key. Asserts 32 bytes. */
export function privateKeyFromSeed(seed: Uint8Array): PrivateKey {
  return privateKeyFromRaw(concatBytes(seed, publicKeyFromSeed(seed)));
}
