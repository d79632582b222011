import { readFileSync } from 'node:fs';
import { hexFromBytes, limits, utf8FromText } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as chosen from '#sha256';
import { acceptsByOpenssl, cachedKeyCount, keyPairFromSeed } from './ed25519Native.js';
import * as ed25519Portable from './ed25519Portable.js';
import * as scryptNative from './scryptNative.js';
import * as scryptPortable from './scryptPortable.js';
import * as native from './sha256Native.js';
import * as portable from './sha256Portable.js';

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('the native and the portable twins', () => {
  it('in Node the native twin is the one in use', () => {
    expect(chosen.sha256).toBe(native.sha256);
  });

  it('hash alike, to the published vectors', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    for (const twin of [native, portable]) {
      expect(twin.sha256Hex(new Uint8Array(0))).toBe(empty);
      expect(hexFromBytes(twin.sha256(utf8FromText('abc')))).toBe(abc);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(native.sha256(bytes)).toEqual(portable.sha256(bytes));
        expect(native.sha256Hex(bytes)).toBe(portable.sha256Hex(bytes));
      }),
    );
  });

  it('hash a view into a larger buffer, not the buffer', () => {
    const large = Uint8Array.from({ length: 64 }, (_, index) => index);
    expect(native.sha256(large.subarray(7, 20))).toEqual(portable.sha256(large.slice(7, 20)));
  });

  it('make the same keys and signatures, as plain byte arrays', () => {
    fc.assert(
      fc.property(seeds, fc.uint8Array({ maxLength: 200 }), (seed, message) => {
        const left = keyPairFromSeed(seed);
        const right = ed25519Portable.keyPairFromSeed(seed);
        expect(left.publicKey).toEqual(right.publicKey);
        expect(left.sign(message)).toEqual(right.sign(message));
        expect(Object.getPrototypeOf(left.sign(message))).toBe(Uint8Array.prototype);
      }),
      { numRuns: 40 },
    );
  });

  it('derive the key of RFC 7914 section 12', () => {
    const cost = { n: 16384, r: 8, p: 1 };
    for (const twin of [scryptNative, scryptPortable]) {
      const key = twin.scrypt(utf8FromText('pleaseletmein'), utf8FromText('SodiumChloride'), cost);
      expect(hexFromBytes(key)).toBe(
        '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2',
      );
    }
  });

  it('keep a bounded number of key objects', () => {
    const message = new Uint8Array(1);
    const signature = new Uint8Array(64);
    const key = new Uint8Array(32);
    for (let i = 0; i < limits.keyCacheMax + 100; i += 1) {
      key[0] = i & 0xff;
      key[1] = i >>> 8;
      acceptsByOpenssl(key, message, signature);
    }
    expect(cachedKeyCount()).toBe(limits.keyCacheMax);
  });

  it('only a native twin imports from node, and each pair exports the same functions', () => {
    const document = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    for (const name of ['sha256', 'ed25519', 'scrypt']) {
      const entry = document.imports[`#${name}`];
      expect(Object.keys(entry)).toEqual(['browser', 'node', 'default']);
      expect(entry.browser).toEqual(entry.default);
      expect(entry.node.source).toBe(`./src/${name}Native.ts`);
      const text = readFileSync(new URL(`./${name}Portable.ts`, import.meta.url), 'utf8');
      expect(text).not.toContain('node:');
    }
    expect(Object.keys(portable)).toEqual(Object.keys(native));
    expect(Object.keys(scryptPortable)).toEqual(Object.keys(scryptNative));
    expect(Object.keys(ed25519Portable).sort()).toEqual(['acceptsFast', 'keyPairFromSeed']);
  });

  it('without the condition node nothing of the package reaches a node module', () => {
    const seen = new Set<string>();
    const outside = new Set<string>();
    const open = ['index.ts'];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      const text = readFileSync(new URL(`./${file}`, import.meta.url), 'utf8');
      for (const [, name = ''] of text.matchAll(/ from '([^']+)'/g)) {
        if (name.startsWith('./')) open.push(`${name.slice(2, -3)}.ts`);
        else if (name.startsWith('#')) open.push(`${name.slice(1)}Portable.ts`);
        else outside.add(name);
      }
    }
    expect(seen.size).toBeGreaterThan(15);
    const known = ['@noble/ciphers', '@noble/curves', '@noble/hashes', '@triflow/protocol', 'zod'];
    const packages = [...outside].map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
    expect([...new Set(packages)].sort()).toEqual(known);
  });
});
