import { bytesFromHex, concatBytes, hexFromBytes, utf8FromText } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { sha256 } from './hashSuite.js';
import {
  consistencyProof,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
} from './merkleProof.js';
import { merkleRoot, merkleRootHash } from './merkleTree.js';

const SIZE_MAX = 256;

const leaves = Array.from({ length: SIZE_MAX }, (_, index) => utf8FromText(`leaf ${index}`));

/** MTH of RFC 9162 section 2.1.1, word for word; subtrees remembered by their range. */
const remembered = new Map<string, Uint8Array>();

function naiveRoot(from: number, to: number): Uint8Array {
  const name = `${from}-${to}`;
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const root = naiveRootOnce(from, to);
  remembered.set(name, root);
  return root;
}

function naiveRootOnce(from: number, to: number): Uint8Array {
  if (to === from) return sha256(new Uint8Array(0));
  if (to - from === 1) {
    return sha256(concatBytes(Uint8Array.of(0), leaves[from] ?? new Uint8Array(0)));
  }
  const k = largestPowerOfTwoBelow(to - from);
  return sha256(concatBytes(Uint8Array.of(1), naiveRoot(from, from + k), naiveRoot(from + k, to)));
}

/** PATH of RFC 9162 section 2.1.3.1. */
function naivePath(index: number, from: number, to: number): Uint8Array[] {
  if (to - from === 1) return [];
  const k = largestPowerOfTwoBelow(to - from);
  return index < k
    ? [...naivePath(index, from, from + k), naiveRoot(from + k, to)]
    : [...naivePath(index - k, from + k, to), naiveRoot(from, from + k)];
}

/** SUBPROOF of RFC 9162 section 2.1.4.1. */
function naiveSubproof(m: number, from: number, to: number, whole: boolean): Uint8Array[] {
  if (m === to - from) return whole ? [] : [naiveRoot(from, to)];
  const k = largestPowerOfTwoBelow(to - from);
  return m <= k
    ? [...naiveSubproof(m, from, from + k, whole), naiveRoot(from + k, to)]
    : [...naiveSubproof(m - k, from + k, to, false), naiveRoot(from, from + k)];
}

function largestPowerOfTwoBelow(n: number): number {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

function flipped(bytes: Uint8Array, position: number): Uint8Array {
  const copy = bytes.slice();
  copy[position] = (copy[position] ?? 0) ^ 0x01;
  return copy;
}

describe('trees of RFC 9162', () => {
  it('agree with the published vectors of Certificate Transparency', () => {
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657'];
    inputs.push('606162636465666768696a6b6c6d6e6f');
    const roots = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    const bytes = inputs.map(bytesFromHex);
    roots.forEach((root, index) => {
      expect(hexFromBytes(merkleRoot(bytes.slice(0, index + 1)))).toBe(root);
    });
    expect(hexFromBytes(merkleRoot([]))).toBe(hexFromBytes(sha256(new Uint8Array(0))));
  });

  it('equal the naive definition for all sizes to 256', () => {
    for (let size = 0; size <= SIZE_MAX; size += 1) {
      const own = leaves.slice(0, size);
      expect(merkleRoot(own)).toEqual(naiveRoot(0, size));
      expect(merkleRootHash(own)).toBe(hexFromBytes(naiveRoot(0, size)));
    }
  });

  it('give and accept every inclusion proof of all sizes to 256, at its own place only', () => {
    let proofs = 0;
    for (let size = 1; size <= SIZE_MAX; size += 1) {
      const root = naiveRoot(0, size);
      for (let index = 0; index < size; index += 1) {
        const leaf = leaves[index] ?? new Uint8Array(0);
        const path = naivePath(index, 0, size);
        const inclusion = { leaf, index, size, path, root };
        expect(verifyInclusion(inclusion)).toBe(true);
        expect(verifyInclusion({ ...inclusion, index: index + 1 })).toBe(false);
        proofs += 1;
      }
    }
    expect(proofs).toBe((SIZE_MAX * (SIZE_MAX + 1)) / 2);
  });

  it('make the same inclusion paths as the naive definition', () => {
    for (const size of [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 32, 33, 100, 255, 256]) {
      for (let index = 0; index < size; index += 1) {
        const path = inclusionProof(leaves.slice(0, size), index);
        expect(path).toEqual(naivePath(index, 0, size));
      }
    }
  });

  it('accept every naive consistency proof of all sizes to 256', () => {
    for (let second = 1; second <= SIZE_MAX; second += 1) {
      for (let first = 1; first <= second; first += 1) {
        const path = naiveSubproof(first, 0, second, true);
        const consistency = {
          firstSize: first,
          firstRoot: naiveRoot(0, first),
          secondSize: second,
          secondRoot: naiveRoot(0, second),
          path,
        };
        expect(verifyConsistency(consistency)).toBe(true);
      }
    }
  });

  it('make the same consistency paths as the naive definition', () => {
    for (const second of [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 32, 33, 100, 255, 256]) {
      for (let first = 1; first <= second; first += 1) {
        const path = consistencyProof(leaves.slice(0, second), first);
        expect(path).toEqual(naiveSubproof(first, 0, second, true));
      }
    }
  });
});

describe('a proof that was changed', () => {
  it('fails with any one byte of the inclusion proof changed', () => {
    for (const [index, size] of [
      [0, 1],
      [2, 3],
      [4, 7],
      [6, 7],
      [5, 8],
      [12, 13],
    ] as const) {
      const own = leaves.slice(0, size);
      const leaf = own[index] ?? new Uint8Array(0);
      const inclusion = {
        leaf,
        index,
        size,
        path: inclusionProof(own, index),
        root: merkleRootHash(own),
      };
      expect(verifyInclusion(inclusion)).toBe(true);
      for (let i = 0; i < leaf.length; i += 1) {
        expect(verifyInclusion({ ...inclusion, leaf: flipped(leaf, i) })).toBe(false);
      }
      for (const path of everyFlippedPath(inclusion.path)) {
        expect(verifyInclusion({ ...inclusion, path })).toBe(false);
      }
      expect(verifyInclusion({ ...inclusion, size: size * 2 })).toBe(false);
      expect(verifyInclusion({ ...inclusion, root: merkleRoot([]) })).toBe(false);
    }
  });

  it('fails with any one byte of the consistency proof changed', () => {
    for (const [first, second] of [
      [1, 2],
      [3, 7],
      [4, 7],
      [6, 8],
      [5, 13],
      [8, 8],
    ] as const) {
      const consistency = {
        firstSize: first,
        firstRoot: merkleRoot(leaves.slice(0, first)),
        secondSize: second,
        secondRoot: merkleRootHash(leaves.slice(0, second)),
        path: consistencyProof(leaves.slice(0, second), first),
      };
      expect(verifyConsistency(consistency)).toBe(true);
      for (const path of everyFlippedPath(consistency.path)) {
        expect(verifyConsistency({ ...consistency, path })).toBe(false);
      }
      const other = flipped(consistency.firstRoot, 31);
      expect(verifyConsistency({ ...consistency, firstRoot: other })).toBe(false);
      expect(verifyConsistency({ ...consistency, secondRoot: other })).toBe(false);
    }
  });

  it('fails with wrong sizes, indices and path lengths, and never throws', () => {
    const own = leaves.slice(0, 5);
    const leaf = own[3] ?? new Uint8Array(0);
    const path = inclusionProof(own, 3);
    const good = { leaf, index: 3, size: 5, path, root: merkleRoot(own) };
    const wrong = [
      { index: -1 },
      { index: 5 },
      { index: 1.5 },
      { index: Number.NaN },
      { size: 0 },
      { size: -5 },
      { size: 2 ** 31 },
      { size: 2 ** 40 },
      { size: Number.POSITIVE_INFINITY },
      { path: [] },
      { path: path.slice(1) },
      { path: path.slice(0, -1) },
      { path: [...path, new Uint8Array(32)] },
      { path: [new Uint8Array(31), ...path.slice(1)] },
      { root: new Uint8Array(0) },
    ];
    for (const change of wrong) expect(verifyInclusion({ ...good, ...change })).toBe(false);
    const consistency = {
      firstSize: 3,
      firstRoot: merkleRoot(own.slice(0, 3)),
      secondSize: 5,
      secondRoot: merkleRoot(own),
      path: consistencyProof(own, 3),
    };
    for (const change of [
      { firstSize: 0 },
      { firstSize: 6 },
      { firstSize: 2.5 },
      { firstSize: 4 },
      { secondSize: 2 ** 31 },
      { path: [] },
      { path: consistency.path.slice(1) },
      { path: [...consistency.path, new Uint8Array(32)] },
      { path: [new Uint8Array(33), ...consistency.path.slice(1)] },
    ]) {
      expect(verifyConsistency({ ...consistency, ...change })).toBe(false);
    }
  });

  it('an inner node does not pass for a leaf', () => {
    const own = leaves.slice(0, 4);
    const root = merkleRoot(own);
    const [left, right] = [naiveRoot(0, 2), naiveRoot(2, 4)];
    const leaf = concatBytes(left, right);
    expect(verifyInclusion({ leaf, index: 0, size: 1, path: [], root })).toBe(false);
  });
});

function everyFlippedPath(path: readonly Uint8Array[]): Uint8Array[][] {
  return path.flatMap((hash, at) =>
    Array.from(hash, (_, position) =>
      path.map((item, index) => (index === at ? flipped(item, position) : item)),
    ),
  );
}
