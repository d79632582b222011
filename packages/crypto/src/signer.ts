import { assert, type Signer } from '@triflow/protocol';
import { keyPairFromSeed } from '#ed25519';

export const SEED_BYTES = 32;

/** A signer that holds its key in memory and can also answer at once. */
export interface SeedSigner extends Signer {
  readonly signSync: (bytes: Uint8Array) => Uint8Array;
}

/** An Ed25519 signer from a 32-byte seed (RFC 8032). */
export function signerFromSeed(seed: Uint8Array): SeedSigner {
  assertSeed(seed);
  const pair = keyPairFromSeed(seed);
  return {
    suite: 'ed25519',
    publicKey: pair.publicKey,
    sign: (bytes) => Promise.resolve(pair.sign(bytes)),
    signSync: pair.sign,
  };
}

/** Signs once; who signs often keeps a `signerFromSeed`. */
export function signSync(seed: Uint8Array, bytes: Uint8Array): Uint8Array {
  assertSeed(seed);
  return keyPairFromSeed(seed).sign(bytes);
}

/** The Ed25519 public key of a seed, 32 bytes. */
export function publicKeyFromSeed(seed: Uint8Array): Uint8Array {
  assertSeed(seed);
  return keyPairFromSeed(seed).publicKey;
}

function assertSeed(seed: Uint8Array): void {
  assert(seed.length === SEED_BYTES, 'seed: not 32 bytes');
}
