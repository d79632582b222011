import { describe, expect, it } from 'vitest';
import { compareByMeasure, filterNames, fitsFilter } from './tableFilters.js';

interface Row {
  readonly state: string;
  readonly ltvBps?: number;
}

const table = {
  indexes: { state: (row: Row) => [row.state] },
  measures: { ltvBps: (row: Row) => row.ltvBps },
};

describe('filters of a list', () => {
  it('are the indexes, and at least and at most for each measure', () => {
    expect(filterNames(table)).toEqual(['state', 'ltvBpsGte', 'ltvBpsLte']);
    const row = { state: 'LIVE', ltvBps: 7_000 };
    expect(fitsFilter(table, row, ['state', 'LIVE'])).toBe(true);
    expect(fitsFilter(table, row, ['state', 'CLOSED'])).toBe(false);
    expect(fitsFilter(table, row, ['ltvBpsGte', '7000'])).toBe(true);
    expect(fitsFilter(table, row, ['ltvBpsGte', '7001'])).toBe(false);
    expect(fitsFilter(table, row, ['ltvBpsLte', '7000'])).toBe(true);
    expect(fitsFilter(table, row, ['ltvBpsLte', '-1'])).toBe(false);
    expect(fitsFilter(table, { state: 'LIVE' }, ['ltvBpsGte', '0'])).toBe(false);
  });

  it.each([
    ['color', 'red'],
    ['ltvBps', '7000'],
    ['ltvBpsGte', '7e3'],
    ['ltvBpsGte', '7.5'],
    ['ltvBpsGte', ''],
    ['constructorGte', '1'],
  ])('has no filter %s=%s', (name, value) => {
    expect(fitsFilter(table, { state: 'LIVE', ltvBps: 1 }, [name, value])).toBeUndefined();
  });

  it('sorts by a measure up and down, ties by id, rows without it last', () => {
    const rows = [
      { id: 'a', record: { state: 'x' } },
      { id: 'b', record: { state: 'x', ltvBps: 2 } },
      { id: 'd', record: { state: 'x', ltvBps: 1 } },
      { id: 'c', record: { state: 'x', ltvBps: 1 } },
    ];
    const sorted = (sort: string) =>
      [...rows].sort(compareByMeasure(table, sort)).map(({ id }) => id);
    expect(sorted('ltvBps')).toEqual(['c', 'd', 'b', 'a']);
    expect(sorted('-ltvBps')).toEqual(['b', 'c', 'd', 'a']);
    expect(compareByMeasure(table, 'state')).toBeUndefined();
  });
});
