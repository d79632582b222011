import { describe, expect, it } from 'vitest';
import { differencesOf } from './differences.js';

describe('what is shown against what was signed', () => {
  const record = { id: 'wr_1', quantity: { value: '5', unit: 'BLL', scale: 0 }, parents: ['wr_0'] };

  it('finds no difference in equal records, whatever the order of their members', () => {
    const { id, ...rest } = structuredClone(record);
    expect(differencesOf({ ...rest, id }, record)).toEqual([]);
  });

  it('names each member that was changed, added, left out or of another form', () => {
    const cases: [unknown, string][] = [
      [{ ...record, quantity: { ...record.quantity, value: '50' } }, '/quantity/value'],
      [{ ...record, note: 'x' }, '/note'],
      [{ id: 'wr_1', quantity: record.quantity }, '/parents'],
      [{ ...record, parents: [] }, '/parents/0'],
      [{ ...record, parents: { 0: 'wr_0' } }, '/parents'],
      [{ ...record, quantity: null }, '/quantity'],
      [undefined, '/'],
    ];
    for (const [shown, path] of cases) {
      expect(differencesOf(shown, record).map((one) => one.path)).toEqual([path]);
    }
  });

  it('a record beside a proof of absence differs as a whole', () => {
    expect(differencesOf(record, undefined)).toHaveLength(1);
  });
});
