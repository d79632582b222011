import { limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { openKeystore, type SealKeystoreOptions, sealKeystore } from './keystoreCodec.js';
import { publicKeyFromSeed } from './signer.js';

const WEAK = 2 ** 14;
const seed = Uint8Array.from({ length: 32 }, (_, index) => index * 7);
const publicKey = publicKeyFromSeed(seed);
const salt = new Uint8Array(32).fill(1);
const nonce = new Uint8Array(12).fill(2);
const options = {
  seed,
  kind: 'consensus',
  label: '上海 validator',
  password: 'pässword',
  salt,
  nonce,
  publicKey,
  scryptN: WEAK,
} as const;

const sealed = sealKeystore(options);

function faultOf(document: unknown, password: string = options.password): string {
  const opened = openKeystore(document, password);
  return opened.ok ? 'opened' : opened.fault.code;
}

/** The paths of every leaf of the document. */
function leavesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]));
}

function replaced(document: unknown, path: readonly string[], change: (old: unknown) => unknown) {
  const copy = structuredClone(document);
  let at = copy as Record<string, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  const last = path.at(-1) ?? '';
  at[last] = change(at[last]);
  return copy;
}

describe('a key file', () => {
  it('gives back the seed through JSON, for each kind', () => {
    for (const kind of ['consensus', 'node', 'account'] as const) {
      const document = JSON.parse(JSON.stringify(sealKeystore({ ...options, kind })));
      const opened = openKeystore(document, options.password);
      expect(opened).toEqual({ ok: true, value: { seed, publicKey, kind, label: options.label } });
    }
  });

  it('says its default strength, N = 2^17, and opens with it', () => {
    const { scryptN: _weak, ...strong } = options;
    const document = sealKeystore(strong);
    expect(document.kdf).toMatchObject({ n: 2 ** 17, r: 8, p: 1 });
    expect(faultOf(document)).toBe('opened');
  });

  it('keeps its bytes: a key file sealed today opens tomorrow', () => {
    expect(sealed.cipher.sealed).toBe(
      '48ee36984d8fcbf69db2863a90889d9bb7813308ca90653b' +
        '24a9f9228828636a8b7f8d27bd75e94c41444a1b9909b71f',
    );
  });

  it('does not open with another password', () => {
    for (const password of ['', 'password', 'pässword ', 'PÄSSWORD', 'x'.repeat(5_000)]) {
      expect(faultOf(sealed, password)).toBe('keystore_password');
    }
  });

  it('does not open when any member was changed, removed or added', () => {
    const paths = leavesOf(sealed);
    expect(paths).toHaveLength(13);
    for (const path of paths) {
      const flipped = replaced(sealed, path, (old) => {
        if (typeof old === 'number') return old * 2;
        const text = String(old);
        return (text.startsWith('0') ? '1' : '0') + text.slice(1);
      });
      expect(faultOf(flipped), path.join('.')).not.toBe('opened');
      expect(faultOf(replaced(sealed, path, () => undefined))).toBe('keystore_invalid');
      expect(faultOf(replaced(sealed, path, () => null))).toBe('keystore_invalid');
    }
    expect(faultOf({ ...sealed, kind: 'node' })).toBe('keystore_password');
    expect(faultOf({ ...sealed, label: 'other' })).toBe('keystore_password');
    expect(faultOf({ ...sealed, more: 1 })).toBe('keystore_invalid');
    const kdf = { ...sealed.kdf, n: WEAK * 2 };
    expect(faultOf({ ...sealed, kdf })).toBe('keystore_password');
  });

  it('is refused for a strength too low or absurdly high, before any work', () => {
    const costs = [1, 2, 2 ** 13, 2 ** 14 + 1, 3 * 2 ** 14, limits.keystoreCostMax * 2, 2 ** 40];
    for (const n of [...costs, 2 ** 15 + 0.5, -(2 ** 14), Number.NaN]) {
      expect(faultOf({ ...sealed, kdf: { ...sealed.kdf, n } })).toBe('keystore_invalid');
    }
    for (const change of [{ r: 16 }, { p: 2 }, { name: 'pbkdf2' }]) {
      expect(faultOf({ ...sealed, kdf: { ...sealed.kdf, ...change } })).toBe('keystore_invalid');
    }
  });

  it('is refused when it is no such document', () => {
    const wrong: unknown[] = [
      undefined,
      null,
      '',
      7,
      [],
      {},
      [sealed],
      { ...sealed, format: 'triflow/keystore/2' },
      { ...sealed, suite: 'sm2' },
      { ...sealed, publicKey: sealed.publicKey.slice(2) },
      { ...sealed, publicKey: 'G'.repeat(64) },
      { ...sealed, label: 'x'.repeat(limits.nameTextMax + 1) },
      { ...sealed, cipher: { ...sealed.cipher, sealed: '' } },
    ];
    for (const document of wrong) expect(faultOf(document)).toBe('keystore_invalid');
  });

  it('seals nothing that it could not open', () => {
    const bad: Partial<SealKeystoreOptions>[] = [
      { seed: new Uint8Array(31) },
      { publicKey: new Uint8Array(32) },
      { salt: new Uint8Array(16) },
      { nonce: new Uint8Array(8) },
      { label: 'x'.repeat(limits.nameTextMax + 1) },
      { password: 'x'.repeat(limits.passwordTextMax + 1) },
    ];
    for (const change of bad) expect(() => sealKeystore({ ...options, ...change })).toThrow();
    expect(() => sealKeystore({ ...options, scryptN: 2 ** 10 })).toThrow();
  });
});
