import { assert } from '@triflow/protocol';
import type { Rational } from './decimal.js';

type Dimension = 'mass' | 'volume' | 'length' | 'time' | 'speed' | 'pressure' | 'heat' | 'count';

/** Base value = (value + shift) x factor. */
interface Unit {
  readonly dimension: Dimension;
  readonly factor: Rational;
  readonly shift: Rational;
}

const NOTHING: Rational = { numerator: 0n, denominator: 1n };

/** UN/ECE Recommendation 20 units that convert (design section 7), into SI base units. */
const units: ReadonlyMap<string, Unit> = new Map([
  ['KGM', unit('mass', 1n)],
  ['GRM', unit('mass', 1n, 1_000n)],
  ['MGM', unit('mass', 1n, 1_000_000n)],
  ['TNE', unit('mass', 1_000n)],
  ['LBR', unit('mass', 45_359_237n, 100_000_000n)],
  ['LTR', unit('volume', 1n)],
  ['DMQ', unit('volume', 1n)],
  ['MLT', unit('volume', 1n, 1_000n)],
  ['CMQ', unit('volume', 1n, 1_000n)],
  ['MTQ', unit('volume', 1_000n)],
  ['GLL', unit('volume', 3_785_411_784n, 1_000_000_000n)],
  ['BLL', unit('volume', 158_987_294_928n, 1_000_000_000n)],
  ['MTR', unit('length', 1n)],
  ['MMT', unit('length', 1n, 1_000n)],
  ['CMT', unit('length', 1n, 100n)],
  ['KMT', unit('length', 1_000n)],
  ['SEC', unit('time', 1n)],
  ['MIN', unit('time', 60n)],
  ['HUR', unit('time', 3_600n)],
  ['DAY', unit('time', 86_400n)],
  ['MTS', unit('speed', 1n)],
  ['KMH', unit('speed', 5n, 18n)],
  ['PAL', unit('pressure', 1n)],
  ['KPA', unit('pressure', 1_000n)],
  ['BAR', unit('pressure', 100_000n)],
  ['KEL', unit('heat', 1n)],
  ['CEL', shifted('heat', { numerator: 27_315n, denominator: 100n }, 1n, 1n)],
  ['FAH', shifted('heat', { numerator: 45_967n, denominator: 100n }, 5n, 9n)],
  ['C62', unit('count', 1n)],
  ['EA', unit('count', 1n)],
  ['H87', unit('count', 1n)],
  ['HEA', unit('count', 1n)],
]);

/**
 * An exact value in another unit, in lowest terms. A unit that is not in the table converts only
 * to itself; undefined when the two do not measure the same.
 */
export function convertUnit(
  value: Rational,
  fromUnit: string,
  toUnit: string,
): Rational | undefined {
  assert(value.denominator > 0n, 'convertUnit: denominator must be positive');
  if (fromUnit === toUnit) return lowestTerms(value);
  const from = units.get(fromUnit);
  const to = units.get(toUnit);
  if (from === undefined || to === undefined || from.dimension !== to.dimension) return undefined;
  const base = multiply(add(value, from.shift), from.factor);
  const inverse = { numerator: to.factor.denominator, denominator: to.factor.numerator };
  return lowestTerms(add(multiply(base, inverse), negate(to.shift)));
}

/** A quotient whose parts have no common divisor. */
export function lowestTerms(value: Rational): Rational {
  let a = value.numerator < 0n ? -value.numerator : value.numerator;
  let b = value.denominator;
  while (b !== 0n) [a, b] = [b, a % b];
  return { numerator: value.numerator / a, denominator: value.denominator / a };
}

function unit(dimension: Dimension, numerator: bigint, denominator = 1n): Unit {
  return shifted(dimension, NOTHING, numerator, denominator);
}

function shifted(
  dimension: Dimension,
  shift: Rational,
  numerator: bigint,
  denominator: bigint,
): Unit {
  return { dimension, shift, factor: { numerator, denominator } };
}

function add(a: Rational, b: Rational): Rational {
  const numerator = a.numerator * b.denominator + b.numerator * a.denominator;
  return { numerator, denominator: a.denominator * b.denominator };
}

function multiply(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

function negate(a: Rational): Rational {
  return { numerator: -a.numerator, denominator: a.denominator };
}
