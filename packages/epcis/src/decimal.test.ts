import { limits } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRationals, digitCount, plainDecimal, rationalFromDecimal } from './decimal.js';

fc.configureGlobal({ seed: 20_261_121 });

describe('plainDecimal', () => {
  it.each([
    ['007', '7'],
    ['.50', '0.5'],
    ['1.50', '1.5'],
    ['4.0', '4'],
    ['5.', '5'],
    ['+3', '3'],
    ['-4.20', '-4.2'],
    ['0', '0'],
    ['-0', '0'],
    ['-0.00', '0'],
    ['0e9999999', '0'],
    ['1e3', '1000'],
    ['1.25E+01', '12.5'],
    ['125e-4', '0.0125'],
    ['0.05e1', '0.5'],
    ['100e-2', '1'],
    ['.1e1', '1'],
    ['12345678901234567890.12345678901234567890', '12345678901234567890.1234567890123456789'],
    ['1e99', `1${'0'.repeat(99)}`],
    ['1e-099', `0.${'0'.repeat(98)}1`],
  ])('%s gives %s', (text, plain) => {
    expect(plainDecimal(text)).toBe(plain);
  });

  it.each([
    '',
    '.',
    '-',
    '+',
    'e5',
    '1e',
    '1e+',
    '1 2',
    '0x10',
    '1_000',
    '1,5',
    '١',
    'NaN',
    'inf',
    '1.2.3',
    '--1',
  ])('%j is no numeral', (text) => {
    expect(plainDecimal(text)).toBeUndefined();
  });

  it('does not write out endless digits', () => {
    expect(plainDecimal(`1e${limits.numeralExponentMax + 1}`)).toBeUndefined();
    expect(plainDecimal(`1e-${'9'.repeat(1_000)}`)).toBeUndefined();
    expect(plainDecimal(`${'1'.repeat(100_000)}x`)).toBeUndefined();
    expect(plainDecimal(`1e${'0'.repeat(100_000)}x`)).toBeUndefined();
  });

  it('keeps the value and is a fixed point', () => {
    const numerals = fc
      .tuple(fc.bigInt(), fc.integer({ min: 0, max: 12 }), fc.integer({ min: -20, max: 20 }))
      .map(([digits, decimals, exponent]) => {
        const sign = digits < 0n ? '-' : '';
        const text = `${digits < 0n ? -digits : digits}`.padStart(decimals + 1, '0');
        const point = text.length - decimals;
        return `${sign}${text.slice(0, point)}.${text.slice(point)}e${exponent}`;
      });
    fc.assert(
      fc.property(numerals, (text) => {
        const plain = plainDecimal(text) ?? '';
        expect(plain).toMatch(/^(0|-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?)$/);
        expect(plainDecimal(plain)).toBe(plain);
        const [mantissa = '', exponent = ''] = text.split('e');
        const value = rationalFromDecimal(mantissa) ?? { numerator: 0n, denominator: 1n };
        const power = 10n ** BigInt(Math.abs(Number(exponent)));
        const wanted = exponent.startsWith('-')
          ? { ...value, denominator: value.denominator * power }
          : { ...value, numerator: value.numerator * power };
        const got = rationalFromDecimal(plain) ?? { numerator: 1n, denominator: 0n };
        expect(compareRationals(got, wanted)).toBe(0);
      }),
    );
  });
});

describe('digitCount', () => {
  it.each([
    ['0', 1],
    ['-12.5', 3],
    ['0.0125', 3],
    ['-0.5', 1],
    ['1000', 4],
    ['123456789012345.6', 16],
  ])('%s has %i digits', (plain, count) => {
    expect(digitCount(plain)).toBe(count);
  });
});

describe('compareRationals', () => {
  it('orders exact values', () => {
    const third = { numerator: 1n, denominator: 3n };
    const half = { numerator: 2n, denominator: 4n };
    expect(compareRationals(third, half)).toBeLessThan(0);
    expect(compareRationals(half, third)).toBeGreaterThan(0);
    expect(compareRationals(half, { numerator: 1n, denominator: 2n })).toBe(0);
  });
});
