import { encode as cborgEncode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesFromHex, hexFromBytes } from './bytes.js';
import { type CborValue, decodeCanonical, encodeCanonical } from './encoding.js';
import { isWellFormedText } from './text.js';

const leaf = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
  fc.string({ unit: 'binary' }).filter(isWellFormedText),
  fc.uint8Array({ maxLength: 70 }),
);
const { tree } = fc.letrec<{ tree: CborValue }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf as fc.Arbitrary<CborValue>,
    fc.array(tie('tree'), { maxLength: 5 }) as fc.Arbitrary<CborValue>,
    fc.dictionary(
      fc.string({ maxLength: 30 }).filter((key) => key !== '__proto__' && isWellFormedText(key)),
      tie('tree'),
      { maxKeys: 5, noNullPrototype: true },
    ) as fc.Arbitrary<CborValue>,
  ),
}));

describe('canonical bytes', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(decodeCanonical(encodeCanonical(value))).toEqual({ ok: true, value });
      }),
      { numRuns: 2_000 },
    );
  });

  it('are what an independent encoder writes', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(hexFromBytes(encodeCanonical(value))).toBe(hexFromBytes(cborgEncode(value)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('any bytes that decode encode back to themselves, and nothing throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const decoded = decodeCanonical(bytes);
        if (decoded.ok) expect(encodeCanonical(decoded.value)).toEqual(bytes);
      }),
      { numRuns: 20_000 },
    );
  });

  it('one changed byte never decodes to the same value', () => {
    fc.assert(
      fc.property(tree, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, flip) => {
        const bytes = encodeCanonical(value);
        const index = at % bytes.length;
        bytes[index] = (bytes[index] as number) ^ flip;
        const decoded = decodeCanonical(bytes);
        if (decoded.ok) expect(decoded.value).not.toEqual(value);
      }),
      { numRuns: 2_000 },
    );
  });

  const vectors: [string, CborValue][] = [
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1_000],
    ['1b000000e8d4a51000', 1_000_000_000_000],
    ['1b7fffffffffffffff', 2n ** 63n - 1n],
    ['20', -1],
    ['3903e7', -1_000],
    ['3b7fffffffffffffff', -(2n ** 63n)],
    ['f4', false],
    ['f6', null],
    ['4401020304', new Uint8Array([1, 2, 3, 4])],
    ['64f0908591', '\u{10151}'],
    ['83010203', [1, 2, 3]],
    ['a26161016162820203', { a: 1, b: [2, 3] }],
    ['a26162016261610a', { b: 1, aa: 10 }],
  ];

  it.each(vectors)('RFC 8949: %s', (hex, value) => {
    expect(hexFromBytes(encodeCanonical(value))).toBe(hex);
    expect(decodeCanonical(bytesFromHex(hex))).toEqual({ ok: true, value });
  });

  const wrong: [string, string][] = [
    ['', 'nothing'],
    ['1800', 'a longer head than needed'],
    ['190017', 'a longer head than needed'],
    ['1a00000017', 'a longer head than needed'],
    ['1b0000000000000017', 'a longer head than needed'],
    ['1bffffffffffffffff', 'an integer past 64 bits'],
    ['3bffffffffffffffff', 'an integer past 64 bits'],
    ['5f42010243030405ff', 'an indefinite length'],
    ['9f01ff', 'an indefinite length'],
    ['f90000', 'a float'],
    ['fb3ff0000000000000', 'a float'],
    ['f7', 'undefined'],
    ['c11a514b67b0', 'a tag'],
    ['0000', 'bytes left over'],
    ['a2616201616101', 'keys out of order'],
    ['a2616101616102', 'a key twice'],
    ['a10101', 'a key that is no text'],
    ['61ff', 'bytes that are no UTF-8'],
    ['63eda080', 'a surrogate in UTF-8'],
    ['1c', 'a reserved head'],
    ['420a', 'a string cut short'],
    ['9a7fffffff', 'a list that promises more than there is'],
    ['bb7fffffffffffffff', 'a map that promises more than there is'],
    ['a1695f5f70726f746f5f5f01', 'the key __proto__'],
    ['81'.repeat(40), 'nesting without end'],
  ];

  it.each(wrong)('%s is refused: %s', (hex) => {
    expect(decodeCanonical(bytesFromHex(hex)).ok).toBe(false);
  });

  it('holds no more values than the reader allows (R-D4)', () => {
    const bytes = encodeCanonical([1, { a: [2, 3] }]);
    expect(decodeCanonical(bytes, 7).ok).toBe(true);
    expect(decodeCanonical(bytes, 6)).toMatchObject({
      ok: false,
      fault: { code: 'encoding_not_canonical' },
    });
  });

  it('keeps a byte order mark and refuses a lone surrogate', () => {
    const text = '\ufeffabc';
    expect(decodeCanonical(encodeCanonical(text))).toEqual({ ok: true, value: text });
    expect(() => encodeCanonical('\ud800')).toThrow();
    expect(() => encodeCanonical(0.5)).toThrow();
    expect(() => encodeCanonical(2n ** 63n)).toThrow();
  });
});
