import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c, openRecord, sealRecord } from './recordChecksum.js';

describe('CRC32C', () => {
  it('gives the sums of RFC 3720 appendix B.4', () => {
    const ascending = Uint8Array.from({ length: 32 }, (_, i) => i);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(ascending)).toBe(0x46dd794e);
    expect(crc32c(ascending.toReversed())).toBe(0x113fdb5c);
    expect(crc32c(new Uint8Array(Buffer.from('123456789')))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array())).toBe(0);
  });

  it('equals the sum bit by bit, and can be continued', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(70), (bytes, cut) => {
        expect(crc32c(bytes)).toBe(slowCrc32c(bytes));
        expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(crc32c(bytes));
      }),
    );
  });
});

describe('a stored record', () => {
  const key = Uint8Array.of(0x20, 1, 2, 3);
  const value = Uint8Array.of(9, 8, 7, 6, 5);

  it('opens to the value that was sealed, in whatever parts', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.array(fc.uint8Array()), (anyKey, parts) => {
        const sealed = sealRecord(anyKey, ...parts);
        expect(new Uint8Array(openRecord(anyKey, sealed))).toEqual(
          new Uint8Array(Buffer.concat(parts)),
        );
      }),
    );
  });

  it('is refused with every bit of the value flipped, by prefix and key', () => {
    const sealed = sealRecord(key, value);
    for (let bit = 0; bit < 8 * sealed.length; bit += 1) {
      expect(() => openRecord(key, flipped(sealed, bit))).toThrow(
        expect.objectContaining({
          code: 'STORE_CORRUPT',
          message: "a record of 'state' is damaged (key 20010203)",
          details: { prefix: 'state', key: '20010203', bytes: sealed.length },
        }),
      );
    }
  });

  it('is refused with every bit of the key flipped: a record read in the wrong place', () => {
    const sealed = sealRecord(key, value);
    for (let bit = 0; bit < 8 * key.length; bit += 1) {
      expect(() => openRecord(flipped(key, bit), sealed)).toThrow('is damaged');
    }
  });

  it('is refused when cut at any length or when bytes move from key to value', () => {
    const sealed = sealRecord(key, value);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => openRecord(key, sealed.subarray(0, length))).toThrow('is damaged');
    }
    expect(() => openRecord(key.subarray(0, 3), sealRecord(key, value))).toThrow('is damaged');
    const moved = sealRecord(Uint8Array.of(...key, 9), value.subarray(1));
    expect(moved).not.toEqual(sealed.subarray(0, moved.length));
    expect(() => openRecord(key, Uint8Array.of(...moved.subarray(0, 4), ...value))).toThrow();
  });
});

function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}
