import { Buffer } from 'node:buffer';
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as nativeSign,
  verify as nativeVerify,
} from 'node:crypto';
import { concatBytes, limits } from '@triflow/protocol';
import type { KeyPair } from './keyPair.js';
import { loadSodium, type Sodium } from './sodiumNative.js';

/** Fixed DER heads of RFC 8410: the 32 bytes of the key follow. */
const SPKI_HEAD = Uint8Array.from(Buffer.from('302a300506032b6570032100', 'hex'));
const PKCS8_HEAD = Uint8Array.from(Buffer.from('302e020100300506032b657004220420', 'hex'));

/** Importing a key costs as much as a verification, so the last used ones are kept. */
const publicKeys = new Map<string, KeyObject>();

const sodium = loadSodium();

/**
 * True when a native library accepts the signature, which implies that ZIP-215 does (README);
 * undefined when it does not, which says nothing.
 */
export function acceptsFast(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): true | undefined {
  return sodium === undefined
    ? acceptsByOpenssl(publicKey, message, signature)
    : acceptsBySodium(sodium, publicKey, message, signature);
}

/** As `acceptsFast`, by libsodium. */
export function acceptsBySodium(
  library: Sodium,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): true | undefined {
  try {
    const accepted = library.crypto_sign_verify_detached(signature, message, publicKey);
    return accepted === true ? true : undefined;
  } catch {
    return undefined;
  }
}

/** As `acceptsFast`, by the library that every Node.js has. */
export function acceptsByOpenssl(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): true | undefined {
  try {
    const key = keyObject(publicKey);
    return nativeVerify(null, message, key, signature) ? true : undefined;
  } catch {
    return undefined;
  }
}

/** The key pair of a 32-byte seed (RFC 8032). */
export function keyPairFromSeed(seed: Uint8Array): KeyPair {
  const der = Buffer.from(concatBytes(PKCS8_HEAD, seed));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: new Uint8Array(spki.subarray(SPKI_HEAD.length)),
    sign: (message) => new Uint8Array(nativeSign(null, message, key)),
  };
}

/** How many key objects are kept; for the test of the bound. */
export function cachedKeyCount(): number {
  return publicKeys.size;
}

function keyObject(publicKey: Uint8Array): KeyObject {
  const name = Buffer.from(publicKey).toString('latin1');
  const cached = publicKeys.get(name);
  if (cached !== undefined) {
    publicKeys.delete(name);
    publicKeys.set(name, cached);
    return cached;
  }
  const der = Buffer.from(concatBytes(SPKI_HEAD, publicKey));
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  publicKeys.set(name, key);
  if (publicKeys.size > limits.keyCacheMax) dropOldest();
  return key;
}

/** A Map remembers the order of insertion, and every use inserts again. */
function dropOldest(): void {
  for (const name of publicKeys.keys()) {
    publicKeys.delete(name);
    return;
  }
}
