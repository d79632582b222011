import { ed25519 } from '@noble/curves/ed25519.js';
import type { KeyPair } from './keyPair.js';

/** There is no faster path than the rule itself here: always undefined. */
export function acceptsFast(
  _publicKey: Uint8Array,
  _message: Uint8Array,
  _signature: Uint8Array,
): true | undefined {
  return undefined;
}

/** The key pair of a 32-byte seed (RFC 8032). */
export function keyPairFromSeed(seed: Uint8Array): KeyPair {
  const own = seed.slice();
  return {
    publicKey: ed25519.getPublicKey(own),
    sign: (message) => ed25519.sign(message, own),
  };
}
