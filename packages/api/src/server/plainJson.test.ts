import { describe, expect, it } from 'vitest';
import { jsonFromCanonical, plainJson } from './plainJson.js';

describe('JSON of data without a schema', () => {
  it.each([
    ['small integers', { version: 3, at: 1_800_000_000_000 }],
    ['text, booleans, null', { a: 'x', b: true, c: null }],
  ])('leaves %s as they are', (_, value) => {
    expect(jsonFromCanonical(value)).toEqual(value);
  });

  it('writes an amount as text whatever its size', () => {
    expect(jsonFromCanonical({ minor: 5, currency: 'CNY' })).toEqual({
      minor: '5',
      currency: 'CNY',
    });
    expect(jsonFromCanonical([{ value: 2n ** 62n, unit: 'KGM', scale: 0 }])).toEqual([
      { value: (2n ** 62n).toString(), unit: 'KGM', scale: 0 },
    ]);
    const price = { value: -1, currency: 'CNY', unit: 'TNE', scale: 2 };
    expect(jsonFromCanonical(price)).toEqual({ ...price, value: '-1' });
  });

  it('does not tell how an integer was held in memory', () => {
    expect(jsonFromCanonical({ a: 7n, b: 2n ** 53n })).toEqual({ a: 7, b: (2n ** 53n).toString() });
    expect(jsonFromCanonical({ value: 7, unit: 'KGM' })).toEqual({ value: 7, unit: 'KGM' });
  });

  it('writes bytes as base64url at any depth, and leaves out what is undefined', () => {
    const value = { list: [{ seal: new Uint8Array([255]), none: undefined }] };
    expect(jsonFromCanonical(value)).toEqual({ list: [{ seal: '_w' }] });
    expect(plainJson(value)).toEqual({ list: [{ seal: '_w' }] });
  });

  it('writes the big integers of a query as text', () => {
    expect(plainJson({ sum: 7n, days: 3, set: new Set([1n]), map: new Map([['a', 2n]]) })).toEqual({
      sum: '7',
      days: 3,
      set: ['1'],
      map: { a: '2' },
    });
  });
});
