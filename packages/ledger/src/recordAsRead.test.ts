import { type CborValue, encodeCanonical, type Table } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeRecord, encodeRecord } from './decodeRecord.js';
import { recordAsRead } from './recordAsRead.js';

const schema = z.strictObject({
  zeta: z.string(),
  amount: z.bigint(),
  count: z.number().int(),
  isOpen: z.boolean(),
  kind: z.enum(['a', 'b']),
  note: z.string().optional(),
  party: z.custom<string>((value) => typeof value === 'string'),
  parts: z.array(z.strictObject({ value: z.bigint(), unit: z.string().optional() })),
  inner: z.strictObject({ days: z.array(z.number().int()), none: z.bigint().optional() }),
});
const table: Table<z.infer<typeof schema>> = { contract: 'test', name: 'record', schema };

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const integer = fc.maxSafeInteger().map((value) => value + 0);
const text = fc.string();
const absent = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const records = fc.record({
  count: integer,
  inner: fc.record({ none: absent(int64), days: fc.array(integer) }),
  isOpen: fc.boolean(),
  kind: fc.constantFrom('a' as const, 'b' as const),
  party: text,
  parts: fc.array(fc.record({ unit: absent(text), value: int64 })),
  note: absent(text),
  amount: int64,
  zeta: text,
});

/** Members in their order: that counts, too. */
function told(value: unknown): string {
  return JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}n` : one));
}

function written(shape: z.ZodType, value: unknown): unknown {
  return recordAsRead(shape, shape.parse(value));
}

describe('a record as it would be read', () => {
  it('is what decoding its bytes gives, members in the same order, undefined ones left out', () => {
    fc.assert(
      fc.property(records, (record) => {
        const bytes = encodeRecord(table, record as z.infer<typeof schema>);
        const decoded = decodeRecord(table, bytes.slice());
        const short = written(schema, record);
        expect(short).toEqual(decoded);
        expect(told(short)).toBe(told(decoded));
        expect(told(decodeRecord(table, bytes))).toBe(told(decoded));
      }),
    );
  });

  it('is frozen, and does not change with the record that was written', () => {
    const inner = { days: [1, 2] };
    const base = { zeta: '', amount: 1n, count: 0, isOpen: true, kind: 'a', party: 'p' } as const;
    const record = { ...base, parts: [], inner };
    const bytes = encodeRecord(table, record);
    inner.days.push(3);
    const read = decodeRecord(table, bytes);
    expect(read.inner.days).toEqual([1, 2]);
    expect(() => read.inner.days.push(4)).toThrow(TypeError);
  });

  const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
  const map = z.custom<Record<string, CborValue>>((value) => typeof value === 'object');
  it.each<[string, z.ZodType, unknown]>([
    ['bytes', z.strictObject({ a: bytes }), { a: Uint8Array.of(1) }],
    ['a map of any values', z.strictObject({ a: map }), { a: { b: 5n } }],
    [
      'an integer of either kind',
      z.strictObject({ a: z.union([z.bigint(), z.number()]) }),
      { a: 5 },
    ],
    ['a big integer that nobody declared', z.strictObject({ a: z.any() }), { a: 5n }],
    ['null', z.strictObject({ a: z.string().nullable() }), { a: null }],
    ['minus zero', z.strictObject({ a: z.number() }), { a: -0 }],
    ['a list with one of them', z.strictObject({ a: z.array(bytes) }), { a: [Uint8Array.of(1)] }],
    ['names that are not declared', z.record(z.string(), z.bigint()), { a: 1n }],
  ])('is left to decoding for %s', (_, shape, value) => {
    expect(written(shape, value)).toBeUndefined();
    expect(encodeCanonical(shape.parse(value) as CborValue)).toBeInstanceOf(Uint8Array);
  });
});
