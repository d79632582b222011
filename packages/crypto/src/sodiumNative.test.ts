import { utf8FromText } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptsByOpenssl,
  acceptsBySodium,
  importByOpenssl,
  importBySodium,
} from './ed25519Native.js';
import { publicKeyFromSeed, signSync } from './signer.js';
import { loadSodium } from './sodiumNative.js';

describe('libsodium, where it is installed', () => {
  const seed = new Uint8Array(32).fill(5);
  const publicKey = publicKeyFromSeed(seed);
  const message = utf8FromText('gate in');
  const signature = signSync(seed, message);

  it('is not missed where the package is absent, broken or another thing', () => {
    const absent = () => {
      throw new TypeError('Cannot find module');
    };
    expect(loadSodium(absent)).toBeUndefined();
    for (const found of [undefined, null, {}, { crypto_sign_verify_detached: 1 }, 'sodium']) {
      expect(loadSodium(() => found)).toBeUndefined();
    }
  });

  it('says of a good and of a changed signature what OpenSSL says', () => {
    const sodium = loadSodium();
    if (sodium === undefined) throw new TypeError('the optional package is not installed');
    for (let at = 0; at < signature.length; at += 1) {
      const changed = Uint8Array.from(signature);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(acceptsBySodium(sodium, publicKey, message, changed)).toBeUndefined();
      expect(acceptsByOpenssl(publicKey, message, changed)).toBeUndefined();
    }
    expect(acceptsBySodium(sodium, publicKey, message, signature)).toBe(true);
    expect(acceptsBySodium(sodium, publicKey, new Uint8Array(0), signature)).toBeUndefined();
  });

  it('imports the private keys that OpenSSL imports', () => {
    const sodium = loadSodium();
    if (sodium === undefined) throw new TypeError('the optional package is not installed');
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const left = importByOpenssl(bytes);
        const right = importBySodium(sodium, bytes);
        expect(left.publicKey).toEqual(right.publicKey);
        expect(left.key.equals(right.key)).toBe(true);
      }),
    );
  });

  it('an argument that it cannot take is no acceptance', () => {
    const sodium = loadSodium();
    if (sodium === undefined) throw new TypeError('the optional package is not installed');
    const short = signature.subarray(1);
    expect(acceptsBySodium(sodium, publicKey, message, short)).toBeUndefined();
    expect(acceptsBySodium(sodium, publicKey.subarray(1), message, signature)).toBeUndefined();
    const shared = new Uint8Array(new SharedArrayBuffer(64));
    shared.set(signature);
    const verdict = acceptsBySodium(sodium, publicKey, message, shared);
    expect([true, undefined]).toContain(verdict);
  });
});
