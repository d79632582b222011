import { describe, expect, it } from 'vitest';
import { countTransactions, factsOf } from './summary.js';

const fuel = {
  scenario: 'fuel-oil',
  transactions: { committed: 40, rejected: { asset_already_encumbered: 1, deadline_passed: 2 } },
};
const double = { scenario: 'double-pledge', transactions: { committed: 2, rejected: {} } };

describe('the summary of what was played', () => {
  it('of one scenario is its own, at the top', () => {
    expect(factsOf('fuel-oil', { 'fuel-oil': fuel })).toEqual(fuel);
  });

  it('of all has each under its name, and their sums', () => {
    const scenarios = { 'fuel-oil': fuel, 'double-pledge': double };
    const transactions = { committed: 42, rejected: 3 };
    expect(factsOf('all', scenarios)).toEqual({ scenario: 'all', scenarios, transactions });
    expect(factsOf('all', { 'fuel-oil': fuel })).toMatchObject({ scenario: 'all' });
  });

  it('counts nothing for a scenario that sends nothing', () => {
    expect(countTransactions({ scenario: 'none' })).toEqual({ committed: 0, rejected: 0 });
  });
});
