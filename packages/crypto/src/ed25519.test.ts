import { existsSync, readFileSync } from 'node:fs';
import { bytesFromHex, hexFromBytes, utf8FromText } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyEd25519, verifyZip215 } from './ed25519.js';
import { verifyBatch, verifySignature } from './signatureSuite.js';
import { publicKeyFromSeed, signerFromSeed, signSync } from './signer.js';

const WYCHEPROOF = new URL(
  '../../../../shared/data/crypto/wycheproof-ed25519.json',
  import.meta.url,
);
const WYCHEPROOF_CASES = 151;
/** R is the identity with the sign bit set: RFC 8032 refuses that encoding, ZIP-215 takes it. */
const DIFFERS_UNDER_ZIP215: ReadonlySet<number> = new Set([151]);

interface WycheproofGroup {
  readonly publicKey: { readonly pk: string };
  readonly tests: readonly { tcId: number; msg: string; sig: string; result: string }[];
}

describe('Ed25519 against published vectors', () => {
  it.skipIf(!existsSync(WYCHEPROOF) && process.env.CI === undefined)(
    'gives the verdict of all Wycheproof vectors, but for the one that ZIP-215 judges otherwise',
    () => {
      const document = JSON.parse(readFileSync(WYCHEPROOF, 'utf8'));
      let cases = 0;
      for (const group of document.testGroups as WycheproofGroup[]) {
        const publicKey = bytesFromHex(group.publicKey.pk);
        for (const test of group.tests) {
          const message = bytesFromHex(test.msg);
          const signature = bytesFromHex(test.sig);
          const verdict = verifySignature('ed25519', publicKey, message, signature);
          const differs = DIFFERS_UNDER_ZIP215.has(test.tcId);
          expect(verdict, `tcId ${test.tcId}`).toBe(differs !== (test.result === 'valid'));
          expect(verifyZip215(publicKey, message, signature)).toBe(verdict);
          cases += 1;
        }
      }
      expect(cases).toBe(WYCHEPROOF_CASES);
    },
  );

  it('signs the vectors of RFC 8032 section 7.1', () => {
    const seed = bytesFromHex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
    const publicKey = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
    const signature =
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
    expect(hexFromBytes(publicKeyFromSeed(seed))).toBe(publicKey);
    expect(hexFromBytes(signSync(seed, Uint8Array.of(0x72)))).toBe(signature);
  });

  it('a signer answers later and at once with the same signature', async () => {
    const seed = new Uint8Array(32).fill(9);
    const signer = signerFromSeed(seed);
    const message = utf8FromText('message');
    expect(await signer.sign(message)).toEqual(signer.signSync(message));
    expect(signer.suite).toBe('ed25519');
    expect(() => signerFromSeed(new Uint8Array(31))).toThrow();
    seed.fill(0);
    expect(verifySignature('ed25519', signer.publicKey, message, signer.signSync(message))).toBe(
      true,
    );
  });
});

describe('verifySignature', () => {
  it('wrong lengths and unknown suites are refused without a throw', () => {
    const seed = new Uint8Array(32).fill(3);
    const key = publicKeyFromSeed(seed);
    const message = utf8FromText('m');
    const signature = signSync(seed, message);
    expect(verifySignature('ed25519', key, message, signature)).toBe(true);
    for (const length of [0, 1, 31, 33, 64]) {
      expect(verifySignature('ed25519', new Uint8Array(length), message, signature)).toBe(false);
      expect(verifyZip215(new Uint8Array(length), message, signature)).toBe(false);
    }
    for (const length of [0, 32, 63, 65, 128]) {
      expect(verifySignature('ed25519', key, message, new Uint8Array(length))).toBe(false);
      expect(verifyZip215(key, message, new Uint8Array(length))).toBe(false);
    }
    for (const suite of ['', 'Ed25519', 'sm2', 'constructor', '__proto__']) {
      expect(verifySignature(suite, key, message, signature)).toBe(false);
    }
  });
});

describe('native with fallback equals the rule alone', () => {
  it('on signatures, whole and with one byte changed', () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    const place = fc.record({ part: fc.nat(2), at: fc.nat(63), mask: fc.nat(255) });
    fc.assert(
      fc.property(bytes(32), bytes(20), place, (seed, message, { part, at, mask }) => {
        const parts = [publicKeyFromSeed(seed), message.slice(), signSync(seed, message)] as const;
        const chosen = parts[part] ?? parts[0];
        const position = at % chosen.length;
        chosen[position] = (chosen[position] ?? 0) ^ mask;
        const verdict = verifyEd25519(...parts);
        expect(verdict).toBe(verifyZip215(...parts));
        expect(verdict).toBe(mask === 0);
      }),
      { numRuns: 150 },
    );
  });

  it('on arbitrary bytes', () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(32), bytes(8), bytes(64), (publicKey, message, signature) => {
        expect(verifyEd25519(publicKey, message, signature)).toBe(
          verifyZip215(publicKey, message, signature),
        );
      }),
    );
  });

  it('a batch gives the verdict on each, in order', () => {
    const seed = new Uint8Array(32).fill(5);
    const publicKey = publicKeyFromSeed(seed);
    const items = Array.from({ length: 9 }, (_, index) => {
      const message = Uint8Array.of(index);
      const signature = signSync(seed, index % 3 === 0 ? Uint8Array.of(99) : message);
      return { suite: 'ed25519', publicKey, message, signature };
    });
    expect(verifyBatch(items)).toEqual(items.map((_, index) => index % 3 !== 0));
    expect(verifyBatch([])).toEqual([]);
  });
});
