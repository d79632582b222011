import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertUnit, lowestTerms } from './units.js';

fc.configureGlobal({ seed: 20_261_121 });

const mass = ['KGM', 'GRM', 'MGM', 'TNE', 'LBR'];
const volume = ['LTR', 'DMQ', 'MLT', 'CMQ', 'MTQ', 'GLL', 'BLL'];
const heat = ['KEL', 'CEL', 'FAH'];

describe('convertUnit', () => {
  it.each<[bigint, bigint, string, string, bigint, bigint]>([
    [1n, 1n, 'LBR', 'KGM', 45_359_237n, 100_000_000n],
    [25n, 1n, 'TNE', 'KGM', 25_000n, 1n],
    [1n, 1n, 'MGM', 'KGM', 1n, 1_000_000n],
    [1n, 1n, 'BLL', 'GLL', 42n, 1n],
    [1n, 1n, 'MTQ', 'LTR', 1_000n, 1n],
    [3n, 1n, 'MLT', 'CMQ', 3n, 1n],
    [1n, 1n, 'KMT', 'CMT', 100_000n, 1n],
    [1n, 1n, 'DAY', 'MIN', 1_440n, 1n],
    [36n, 1n, 'KMH', 'MTS', 10n, 1n],
    [1n, 1n, 'BAR', 'KPA', 100n, 1n],
    [0n, 1n, 'CEL', 'KEL', 5_463n, 20n],
    [8n, 1n, 'CEL', 'FAH', 232n, 5n],
    [-40n, 1n, 'FAH', 'CEL', -40n, 1n],
    [0n, 1n, 'KEL', 'FAH', -45_967n, 100n],
    [12n, 1n, 'C62', 'EA', 12n, 1n],
    [6n, 4n, 'P1', 'P1', 3n, 2n],
  ])('%s/%s %s in %s is %s/%s', (numerator, denominator, from, to, wanted, over) => {
    const converted = convertUnit({ numerator, denominator }, from, to);
    expect(converted).toEqual({ numerator: wanted, denominator: over });
  });

  it.each([
    ['KGM', 'LTR'],
    ['MTR', 'MTS'],
    ['CEL', 'KGM'],
    ['P1', 'A93'],
    ['P1', 'KGM'],
    ['KGM', 'kgm'],
    ['EA', 'KGM'],
    ['', 'KGM'],
    ['toString', 'KGM'],
  ])('never turns %s into %s', (from, to) => {
    expect(convertUnit({ numerator: 1n, denominator: 1n }, from, to)).toBeUndefined();
  });

  it('comes back exactly, whatever the way round', () => {
    const value = fc.record({ numerator: fc.bigInt(), denominator: fc.bigInt({ min: 1n }) });
    for (const family of [mass, volume, heat]) {
      const unit = fc.constantFrom(...family);
      fc.assert(
        fc.property(value, unit, unit, unit, (quotient, a, b, c) => {
          const there = convertUnit(quotient, a, b);
          const on = there && convertUnit(there, b, c);
          expect(on && convertUnit(on, c, a)).toEqual(lowestTerms(quotient));
        }),
      );
    }
  });

  it('stops on a denominator that is not positive', () => {
    expect(() => convertUnit({ numerator: 1n, denominator: 0n }, 'KGM', 'KGM')).toThrow();
  });
});
