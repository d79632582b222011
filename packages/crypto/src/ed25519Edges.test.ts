import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import {
  assert,
  bytesFromHex,
  concatBytes,
  hexFromBytes,
  limits,
  utf8FromText,
} from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyEd25519, verifyZip215 } from './ed25519.js';
import { acceptsByOpenssl, acceptsBySodium, acceptsFast } from './ed25519Native.js';
import { validatePublicKey } from './signatureSuite.js';
import { publicKeyFromSeed, signSync } from './signer.js';
import { loadSodium } from './sodiumNative.js';

const { Point } = ed25519;
const L = Point.Fn.ORDER;
const P = Point.Fp.ORDER;

type CurvePoint = typeof Point.BASE;

type Signed = [publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array];

interface Vector {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly valid: boolean;
}

describe('the edge table of ZIP-215', () => {
  const table = edgeTable();

  it('has every kind of case, with both verdicts', () => {
    expect(smallOrderEncodings()).toHaveLength(14);
    expect(table.length).toBeGreaterThanOrEqual(14 * 14 + 64 + 20);
    expect(table.filter((vector) => vector.valid).length).toBeGreaterThan(200);
    expect(table.filter((vector) => !vector.valid).length).toBeGreaterThan(50);
  });

  it('is judged as written, by the suite and by the rule alone', () => {
    for (const { name, publicKey, message, signature, valid } of table) {
      expect(verifyEd25519(publicKey, message, signature), name).toBe(valid);
      expect(verifyZip215(publicKey, message, signature), name).toBe(valid);
    }
  });

  it('acceptance by a native library implies acceptance by the rule', () => {
    const sodium = loadSodium();
    assert(sodium !== undefined, 'the optional package is installed where tests run');
    const bySodium = (...given: Signed) => acceptsBySodium(sodium, ...given);
    for (const accepts of [acceptsFast, acceptsByOpenssl, bySodium]) {
      let accepted = 0;
      for (const { name, publicKey, message, signature } of table) {
        if (accepts(publicKey, message, signature) !== true) continue;
        accepted += 1;
        expect(verifyZip215(publicKey, message, signature), name).toBe(true);
      }
      expect(accepted).toBeGreaterThan(0);
      expect(accepted).toBeLessThan(table.length);
    }
  });

  it('holds for any torsion in key and R, natively and by the rule', () => {
    const torsion = fc.nat(7);
    const scalar = fc.bigInt({ min: 1n, max: L - 1n });
    fc.assert(
      fc.property(scalar, scalar, torsion, torsion, (a, r, keyTorsion, rTorsion) => {
        const vector = signedWithTorsion(a, r, torsionPoint(keyTorsion), torsionPoint(rTorsion));
        const { publicKey, message, signature } = vector;
        expect(verifyEd25519(publicKey, message, signature)).toBe(true);
        expect(verifyZip215(publicKey, message, signature)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe('validatePublicKey', () => {
  const fault = (key: Uint8Array, suite = 'ed25519') => {
    const result = validatePublicKey(suite, key);
    return result.ok ? undefined : result.fault.code;
  };

  it('R-S3: accepts the keys that seeds give', () => {
    for (let i = 0; i < 20; i += 1) {
      expect(fault(publicKeyFromSeed(new Uint8Array(32).fill(i)))).toBeUndefined();
    }
  });

  it('says the same of a key every time, also after many others', () => {
    const good = publicKeyFromSeed(new Uint8Array(32).fill(9));
    const [bad = good] = smallOrderEncodings();
    for (const key of [good, bad, good, bad]) {
      expect(fault(key)).toBe(key === good ? undefined : 'key_is_invalid');
    }
    for (let i = 0; i <= limits.keyCacheMax; i += 1) {
      const other = new Uint8Array(32).fill(255);
      new DataView(other.buffer).setUint32(0, i);
      fault(other);
    }
    expect([fault(good), fault(bad)]).toEqual([undefined, 'key_is_invalid']);
  });

  it('R-S3: refuses every encoding of a point of small order', () => {
    for (const encoding of smallOrderEncodings()) expect(fault(encoding)).toBe('key_is_invalid');
  });

  it('R-S3: refuses a key with torsion, whatever part of it', () => {
    for (let i = 1; i < 8; i += 1) {
      const key = Point.BASE.multiply(12345n).add(torsionPoint(i)).toBytes();
      expect(fault(key)).toBe('key_is_invalid');
    }
  });

  it('R-S3: refuses non-canonical encodings, points off the curve and wrong lengths', () => {
    let onCurve = 0;
    for (let y = P; y < 2n ** 255n; y += 1n) {
      for (const sign of [0, 0x80]) {
        const encoding = encodingOf(y, sign);
        if (isPoint(encoding)) onCurve += 1;
        expect(fault(encoding)).toBe('key_is_invalid');
      }
    }
    expect(onCurve).toBeGreaterThan(6);
    expect(fault(encodingOf(2n, 0))).toBe('key_is_invalid');
    for (const length of [0, 31, 33]) {
      expect(fault(new Uint8Array(length))).toBe('key_is_invalid');
    }
    expect(fault(publicKeyFromSeed(new Uint8Array(32)), 'sm2')).toBe('key_is_invalid');
  });
});

/** A point of order 8 and its multiples: the whole torsion subgroup. */
function torsionPoint(multiple: number): CurvePoint {
  const order8 = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
  return multiple === 0 ? Point.ZERO : order8.multiplyUnsafe(BigInt(multiple));
}

/** Every encoding that ZIP-215 decodes to a point of small order: 8 canonical ones and 6 others. */
function smallOrderEncodings(): Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  const candidates = Array.from({ length: 8 }, (_, i) => torsionPoint(i).toAffine().y);
  for (const y of candidates) {
    for (const value of [y, y + P]) {
      if (value >= 2n ** 255n) continue;
      for (const sign of [0, 0x80]) {
        const encoding = encodingOf(value, sign);
        found.set(hexFromBytes(encoding), encoding);
      }
    }
  }
  return [...found.values()];
}

function encodingOf(y: bigint, sign: number): Uint8Array {
  const bytes = littleEndian(y);
  bytes[31] = (bytes[31] ?? 0) | sign;
  return bytes;
}

function littleEndian(value: bigint): Uint8Array {
  return bytesFromHex(value.toString(16).padStart(64, '0')).reverse();
}

function isPoint(encoding: Uint8Array): boolean {
  try {
    Point.fromBytes(encoding, true);
    return true;
  } catch {
    return false;
  }
}

function challenge(r: Uint8Array, key: Uint8Array, message: Uint8Array): bigint {
  const digest = sha512(concatBytes(r, key, message));
  return BigInt(`0x${hexFromBytes(digest.reverse())}`) % L;
}

/** A signature that holds by the cofactored equation over points with torsion added. */
function signedWithTorsion(a: bigint, r: bigint, keyTorsion: CurvePoint, rTorsion: CurvePoint) {
  const message = utf8FromText('torsion');
  const publicKey = Point.BASE.multiply(a).add(keyTorsion).toBytes();
  const rBytes = Point.BASE.multiply(r).add(rTorsion).toBytes();
  const s = (r + challenge(rBytes, publicKey, message) * a) % L;
  return { publicKey, message, signature: concatBytes(rBytes, littleEndian(s)) };
}

/**
 * Every kind of input on which implementations are known to differ, with the verdict that the
 * text of ZIP-215 gives. The 196 small-order pairs follow the test of the ZIP itself.
 */
function edgeTable(): Vector[] {
  return [...smallOrderVectors(), ...torsionVectors(), ...scalarVectors(), ...encodingVectors()];
}

/** S = 0 over points of small order: 8SB = 0 = 8R + 8kA, so all hold, whatever the message. */
function smallOrderVectors(): Vector[] {
  const message = utf8FromText('Zcash');
  const encodings = smallOrderEncodings();
  return encodings.flatMap((publicKey, a) =>
    encodings.flatMap((r, b): Vector[] => {
      const name = `small order A ${a}, R ${b}`;
      const zero = concatBytes(r, new Uint8Array(32));
      const one = concatBytes(r, littleEndian(1n));
      return [
        { name, publicKey, message, signature: zero, valid: true },
        { name: `${name}, S = 1`, publicKey, message, signature: one, valid: false },
      ];
    }),
  );
}

/** Torsion in A, in R or both: the cofactor takes it away. Other messages stay refused. */
function torsionVectors(): Vector[] {
  const vectors: Vector[] = [];
  for (let a = 0; a < 8; a += 1) {
    for (let r = 0; r < 8; r += 1) {
      const name = `torsion ${a} in A, ${r} in R`;
      const signed = signedWithTorsion(77777n, 4242n, torsionPoint(a), torsionPoint(r));
      vectors.push({ name, ...signed, valid: true });
      const message = utf8FromText('another');
      vectors.push({ name: `${name}, other message`, ...signed, message, valid: false });
    }
  }
  return vectors;
}

/** The same S in other representations: only the one below L counts. */
function scalarVectors(): Vector[] {
  const seed = new Uint8Array(32).fill(11);
  const publicKey = publicKeyFromSeed(seed);
  const message = utf8FromText('scalar');
  const good = signSync(seed, message);
  const s = BigInt(`0x${hexFromBytes(good.slice(32).reverse())}`);
  const vectors: Vector[] = [{ name: 'plain', publicKey, message, signature: good, valid: true }];
  for (let multiple = 1n; s + multiple * L < 2n ** 256n; multiple += 1n) {
    const signature = concatBytes(good.slice(0, 32), littleEndian(s + multiple * L));
    vectors.push({ name: `S + ${multiple}L`, publicKey, message, signature, valid: false });
  }
  const identity = encodingOf(1n, 0);
  for (const [value, valid] of [
    [0n, true],
    [L - 1n, false],
    [L, false],
    [L + 1n, false],
    [2n ** 252n, false],
    [2n ** 253n, false],
    [2n ** 256n - 1n, false],
  ] as const) {
    const signature = concatBytes(identity, littleEndian(value));
    const name = `identity key, S = ${value}`;
    vectors.push({ name, publicKey: identity, message, signature, valid });
  }
  return vectors;
}

/** Encodings of no point, and a canonical R exchanged for another encoding of the same point. */
function encodingVectors(): Vector[] {
  const seed = new Uint8Array(32).fill(12);
  const publicKey = publicKeyFromSeed(seed);
  const message = utf8FromText('encoding');
  const good = signSync(seed, message);
  const s = good.slice(32);
  const off = encodingOf(2n, 0);
  const vectors: Vector[] = [
    { name: 'A is no point', publicKey: off, message, signature: good, valid: false },
    { name: 'R is no point', publicKey, message, signature: concatBytes(off, s), valid: false },
  ];
  for (let y = P; y < 2n ** 255n; y += 1n) {
    for (const sign of [0, 0x80]) {
      const encoding = encodingOf(y, sign);
      const name = `y = p + ${y - P}, sign ${sign}`;
      const signature = concatBytes(encoding, s);
      vectors.push({
        name: `A ${name}`,
        publicKey: encoding,
        message,
        signature: good,
        valid: false,
      });
      vectors.push({ name: `R ${name}`, publicKey, message, signature, valid: false });
    }
  }
  return [...vectors, ...identityEncodings(12n)];
}

/** R = 0 in all its encodings, with S = ka: the hash is over the bytes as they stand. */
function identityEncodings(a: bigint): Vector[] {
  const publicKey = Point.BASE.multiply(a).toBytes();
  const message = utf8FromText('identity');
  return [
    encodingOf(1n, 0),
    encodingOf(1n, 0x80),
    encodingOf(P + 1n, 0),
    encodingOf(P + 1n, 0x80),
  ].map((r, index) => {
    const s = (challenge(r, publicKey, message) * a) % L;
    const signature = concatBytes(r, littleEndian(s));
    return { name: `identity R ${index}`, publicKey, message, signature, valid: true };
  });
}
