import { limits } from '@triflow/protocol';

/** An exact quotient; the denominator is positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const NUMERAL = /^([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?)([0-9]+))?$/;

/**
 * A numeral without plus sign, exponent or superfluous zeros: `007` gives 7, `.50` gives 0.5,
 * `-0` gives 0 (design section 5.3). Undefined when the text is no numeral, or its exponent is
 * over limits.numeralExponentMax, so that a few characters cannot ask for endless digits.
 */
export function plainDecimal(text: string): string | undefined {
  const match = NUMERAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', bare = '', exponentSign, exponentDigits = '0'] = match;
  const digits = whole + fraction + bare;
  if (/^0*$/.test(digits)) return '0';
  const exponent = Number(exponentDigits);
  if (exponent > limits.numeralExponentMax) return undefined;
  const point = whole.length + (exponentSign === '-' ? -exponent : exponent);
  const padded = digits.padEnd(point, '0').padStart(digits.length - Math.min(point, 0), '0');
  const split = Math.max(point, 0);
  const integer = withoutLeadingZeros(padded.slice(0, split));
  const decimals = withoutTrailingZeros(padded.slice(split));
  const minus = sign === '-' ? '-' : '';
  return `${minus}${integer}${decimals === '' ? '' : `.${decimals}`}`;
}

/** The exact value of a numeral; undefined where `plainDecimal` gives none. */
export function rationalFromDecimal(text: string): Rational | undefined {
  const plain = plainDecimal(text);
  if (plain === undefined) return undefined;
  const dot = plain.indexOf('.');
  if (dot < 0) return { numerator: BigInt(plain), denominator: 1n };
  const decimals = plain.length - dot - 1;
  const numerator = BigInt(plain.slice(0, dot) + plain.slice(dot + 1));
  return { numerator, denominator: 10n ** BigInt(decimals) };
}

/** How many digits a plain decimal has, without the zeros that only place the point. */
export function digitCount(plain: string): number {
  return plain.replace(/^-?(?:0\.0*)?/, '').replace('.', '').length;
}

/** Order of two exact values: negative, zero or positive. */
export function compareRationals(a: Rational, b: Rational): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

function withoutLeadingZeros(digits: string): string {
  let start = 0;
  while (start < digits.length - 1 && digits.charAt(start) === '0') start += 1;
  return digits === '' ? '0' : digits.slice(start);
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charAt(end - 1) === '0') end -= 1;
  return digits.slice(0, end);
}
