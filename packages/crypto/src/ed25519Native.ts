import { Buffer } from 'node:buffer';
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as nativeSign,
  verify as nativeVerify,
} from 'node:crypto';
import { concatBytes, defined, limits } from '@triflow/protocol';
import type { KeyPair } from './keyPair.js';
import { loadSodium, type Sodium } from './sodiumNative.js';

/** Of a JWK (RFC 8037): OpenSSL reads it in a tenth of the time that it takes to read DER. */
const OKP = { kty: 'OKP', crv: 'Ed25519' } as const;

/** Fixed DER head of RFC 8410: the 32 bytes of the seed follow. */
const PKCS8_HEAD = Uint8Array.from(Buffer.from('302e020100300506032b657004220420', 'hex'));

const ED25519_KEY_BYTES = 32;

/** The last used ones: importing a key is not free. */
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
  const { publicKey, key } =
    sodium === undefined ? importByOpenssl(seed) : importBySodium(sodium, seed);
  return { publicKey, sign: (message) => new Uint8Array(nativeSign(null, message, key)) };
}

interface ImportedKey {
  readonly publicKey: Uint8Array;
  readonly key: KeyObject;
}

/** A private key by the library that every Node.js has. */
export function importByOpenssl(seed: Uint8Array): ImportedKey {
  const der = Buffer.from(concatBytes(PKCS8_HEAD, seed));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  const publicKey = Buffer.from(defined(x, 'a JWK names its public key'), 'base64url');
  return { publicKey: new Uint8Array(publicKey), key };
}

/** A private key as a JWK, which has to name its public key; libsodium finds that first. */
export function importBySodium(library: Sodium, seed: Uint8Array): ImportedKey {
  const publicKey = new Uint8Array(ED25519_KEY_BYTES);
  const secretKey = new Uint8Array(2 * ED25519_KEY_BYTES);
  library.crypto_sign_seed_keypair(publicKey, secretKey, seed);
  secretKey.fill(0);
  const jwk = { ...OKP, d: base64url(seed), x: base64url(publicKey) };
  return { publicKey, key: createPrivateKey({ key: jwk, format: 'jwk' }) };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
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
  const key = createPublicKey({ key: { ...OKP, x: base64url(publicKey) }, format: 'jwk' });
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
