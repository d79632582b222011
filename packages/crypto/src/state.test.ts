import {
  compareBytes,
  concatBytes,
  encodeCanonical,
  type Hash,
  hexFromBytes,
  limits,
  utf8FromText,
} from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf, sha256 } from './hashSuite.js';
import {
  decodeStateProof,
  encodeStateProof,
  type StateProof,
  verifyStateProof,
} from './stateProof.js';
import {
  emptyStateHashes,
  stateBucketIndex,
  stateKeyHash,
  stateLeafHash,
  stateNodeHash,
} from './stateTreeHash.js';

/** A whole tree, built level by level as the README says. */
function treeOf(records: ReadonlyMap<string, Uint8Array>, depth: number) {
  const buckets = Array.from({ length: 2 ** depth }, () => [] as Uint8Array[]);
  for (const [key, value] of records) {
    const keyHash = sha256(utf8FromText(key));
    buckets[stateBucketIndex(keyHash, depth)]?.push(concatBytes(keyHash, sha256(value)));
  }
  const entries = buckets.map((bucket) => concatBytes(...bucket.sort(compareBytes)));
  const levels = [entries.map(stateLeafHash)];
  for (let level = 0; level < depth; level += 1) {
    const below = levels[level] ?? [];
    const above: Uint8Array[] = [];
    for (let i = 0; i < below.length; i += 2) {
      above.push(stateNodeHash(below[i] ?? NONE, below[i + 1] ?? NONE));
    }
    levels.push(above);
  }
  return { entries, levels, depth, root: hexFromBytes(levels[depth]?.[0] ?? sha256(NONE)) as Hash };
}

const NONE = new Uint8Array(0);

function proofOf(
  tree: ReturnType<typeof treeOf>,
  key: string,
  value: Uint8Array | null,
): StateProof {
  let position = stateBucketIndex(stateKeyHash(key), tree.depth);
  const entries = tree.entries[position] ?? NONE;
  const siblings: Uint8Array[] = [];
  for (let level = 0; level < tree.depth; level += 1) {
    siblings.push(tree.levels[level]?.[position ^ 1] ?? NONE);
    position >>>= 1;
  }
  return { key, value, entries, siblings };
}

const records = new Map(
  Array.from({ length: 60 }, (_, i) => [`contract/table/${i}`, encodeCanonical({ i })] as const),
);

describe('the hashing rule of the state tree', () => {
  it('an empty tree hashes as its empty buckets do', () => {
    for (const depth of [4, 5, 9]) {
      const tree = treeOf(new Map(), depth);
      const hashes = emptyStateHashes(depth);
      expect(hashes).toHaveLength(depth + 1);
      expect(hashes[0]).toEqual(sha256(Uint8Array.of(0)));
      expect(hexFromBytes(hashes[depth] ?? NONE)).toBe(tree.root);
    }
  });

  it('the bucket is the first bits of the key hash, big-endian', () => {
    const keyHash = Uint8Array.from([0b1010_0101, 0b1100_0011, 0b1111_0000, 0xff]);
    expect(stateBucketIndex(keyHash, 4)).toBe(0b1010);
    expect(stateBucketIndex(keyHash, 8)).toBe(0b1010_0101);
    expect(stateBucketIndex(keyHash, 12)).toBe(0b1010_0101_1100);
    expect(stateBucketIndex(keyHash, 20)).toBe(0b1010_0101_1100_0011_1111);
    expect(() => stateBucketIndex(keyHash, 3)).toThrow();
    expect(() => stateBucketIndex(keyHash, 21)).toThrow();
  });
});

describe('a state proof', () => {
  it('shows what is there and what is not, in trees of several depths', () => {
    for (const depth of [4, 6, 11]) {
      const tree = treeOf(records, depth);
      for (const [key, value] of records) {
        const proof = proofOf(tree, key, value);
        expect(verifyStateProof({ root: tree.root, depth, proof })).toEqual({
          ok: true,
          value: 'inclusion',
        });
        expect(
          verifyStateProof({ root: tree.root, depth, proof: { ...proof, value: null } }).ok,
        ).toBe(false);
      }
      for (let i = 0; i < 60; i += 1) {
        const proof = proofOf(tree, `contract/other/${i}`, null);
        expect(verifyStateProof({ root: tree.root, depth, proof })).toEqual({
          ok: true,
          value: 'absence',
        });
        const claimed = { ...proof, value: encodeCanonical({ i }) };
        expect(verifyStateProof({ root: tree.root, depth, proof: claimed }).ok).toBe(false);
      }
    }
  });

  it('shows an empty value apart from an absent one', () => {
    const tree = treeOf(new Map([['a/b/c', NONE]]), 4);
    const verdict = (key: string, value: Uint8Array | null) =>
      verifyStateProof({ root: tree.root, depth: 4, proof: proofOf(tree, key, value) });
    expect(verdict('a/b/c', NONE)).toMatchObject({ value: 'inclusion' });
    expect(verdict('a/b/c', null).ok).toBe(false);
    expect(verdict('a/b/d', null)).toMatchObject({ value: 'absence' });
    expect(verdict('a/b/d', NONE).ok).toBe(false);
  });

  it('of a million keys stays under 4 KiB at depth 16', () => {
    const value = new Uint8Array(512);
    const entries = new Uint8Array(64 * 32);
    const siblings = Array.from({ length: 16 }, () => new Uint8Array(32));
    const bytes = encodeStateProof({ key: 'contract/table/key', value, entries, siblings });
    expect(bytes.length).toBeLessThan(4096);
  });

  it('fails, decoded or verified, with any one byte of its bytes changed', () => {
    const depth = 6;
    const tree = treeOf(records, depth);
    const cases = [
      ['contract/table/7', records.get('contract/table/7') ?? null],
      ['contract/other/3', null],
    ] as const;
    for (const [key, value] of cases) {
      const bytes = encodeStateProof(proofOf(tree, key, value));
      for (let position = 0; position < bytes.length; position += 1) {
        for (const mask of [0x01, 0x80, 0xff]) {
          const changed = bytes.slice();
          changed[position] = (changed[position] ?? 0) ^ mask;
          expect(provesForKey(changed, key)).toBe(false);
        }
      }
      expect(provesForKey(bytes, key)).toBe(true);
    }

    function provesForKey(bytes: Uint8Array, key: string): boolean {
      const decoded = decodeStateProof(bytes);
      if (!decoded.ok || decoded.value.key !== key) return false;
      return verifyStateProof({ root: tree.root, depth, proof: decoded.value }).ok;
    }
  });

  it('survives its byte form, which is the only one', () => {
    const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const proofs = fc.record({
      key: fc.string({ minLength: 1, maxLength: 40 }),
      value: fc.option(fc.uint8Array({ maxLength: 100 })),
      entries: fc.array(fc.uint8Array({ minLength: 64, maxLength: 64 }), { maxLength: 5 }),
      siblings: fc.array(digest, { maxLength: 20 }),
    });
    fc.assert(
      fc.property(proofs, ({ entries, ...rest }) => {
        const proof: StateProof = { ...rest, entries: concatBytes(...entries) };
        const bytes = encodeStateProof(proof);
        const decoded = decodeStateProof(bytes);
        expect(decoded).toEqual({ ok: true, value: proof });
        if (decoded.ok) expect(encodeStateProof(decoded.value)).toEqual(bytes);
      }),
    );
  });

  it('decoding raw bytes never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decodeStateProof(bytes).ok).toBe(false);
      }),
    );
  });
});

describe('a forged state proof', () => {
  const depth = 4;
  const tree = treeOf(records, depth);
  const key = 'contract/table/7';
  const good = proofOf(tree, key, records.get(key) ?? null);

  it('is refused for its form', () => {
    const digests = (count: number) => Array.from({ length: count }, () => new Uint8Array(32));
    const wrong: Partial<StateProof>[] = [
      { siblings: good.siblings.slice(1) },
      { siblings: [...good.siblings, new Uint8Array(32)] },
      { siblings: [...good.siblings.slice(1), new Uint8Array(31)] },
      { siblings: digests(4) },
      { entries: good.entries.slice(1) },
      { entries: NONE },
      { key: '' },
      { key: 'x'.repeat(limits.stateKeyBytesMax + 1) },
      { key: '\ud800' },
      { value: NONE },
    ];
    for (const change of wrong) {
      const verdict = verifyStateProof({ root: tree.root, depth, proof: { ...good, ...change } });
      expect(verdict).toMatchObject({ ok: false, fault: { code: 'verification_failed' } });
    }
    for (const other of [0, 3, 5, 21, 4.5, Number.NaN]) {
      expect(verifyStateProof({ root: tree.root, depth: other, proof: good }).ok).toBe(false);
    }
    expect(verifyStateProof({ root: hashOf(NONE), depth, proof: good }).ok).toBe(false);
  });

  it('is refused under a matching root when its bucket breaks the rules', () => {
    const keyHash = stateKeyHash(key);
    const bucket = stateBucketIndex(keyHash, depth);
    const inBucket = (fill: number) => {
      const hash = new Uint8Array(32).fill(fill);
      hash[0] = (bucket << 4) | 0x0f;
      return concatBytes(hash, sha256(NONE));
    };
    const foreign = concatBytes(new Uint8Array(32).fill((bucket << 4) ^ 0x80), sha256(NONE));
    const rootOf = (entries: Uint8Array) => {
      let hash = stateLeafHash(entries);
      good.siblings.forEach((sibling, level) => {
        const right = ((bucket >>> level) & 1) === 1;
        hash = right ? stateNodeHash(sibling, hash) : stateNodeHash(hash, sibling);
      });
      return hexFromBytes(hash) as Hash;
    };
    const verdictOf = (...entries: Uint8Array[]) => {
      const proof = { ...good, value: null, entries: concatBytes(...entries) };
      return verifyStateProof({ root: rootOf(proof.entries), depth, proof });
    };
    expect(verdictOf(inBucket(1), inBucket(2))).toMatchObject({ ok: true, value: 'absence' });
    expect(verdictOf(inBucket(2), inBucket(1)).ok).toBe(false);
    expect(verdictOf(inBucket(1), inBucket(1)).ok).toBe(false);
    expect(verdictOf(foreign).ok).toBe(false);
    expect(verdictOf(concatBytes(keyHash, sha256(NONE))).ok).toBe(false);
  });

  it('is refused by the decoder when it is not the canonical array of a proof', () => {
    const { entries } = good;
    const siblings = [...good.siblings];
    const domain = 'triflow/state-proof/1';
    const wrong = [
      [domain, key, null, entries],
      [domain, key, null, entries, siblings, null],
      ['triflow/state-proof/2', key, null, entries, siblings],
      [domain, 7, null, entries, siblings],
      [domain, '', null, entries, siblings],
      [domain, key, 'text', entries, siblings],
      [domain, key, null, entries.slice(1), siblings],
      [domain, key, null, null, siblings],
      [domain, key, null, entries, ['text']],
      [domain, key, null, entries, [new Uint8Array(31)]],
      [domain, key, null, entries, Array.from({ length: 21 }, () => new Uint8Array(32))],
      [domain, key, new Uint8Array(limits.stateValueBytesMax + 1), entries, siblings],
    ];
    for (const value of wrong) {
      expect(decodeStateProof(encodeCanonical(value))).toMatchObject({
        ok: false,
        fault: { code: 'proof_malformed' },
      });
    }
    expect(decodeStateProof(new Uint8Array(limits.stateProofBytesMax + 1)).ok).toBe(false);
    const bytes = encodeStateProof(good);
    expect(decodeStateProof(concatBytes(bytes, Uint8Array.of(0))).ok).toBe(false);
    expect(decodeStateProof(bytes.slice(0, -1)).ok).toBe(false);
  });
});
