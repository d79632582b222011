import { defineTable, tableList } from '../table.js';
import { isLive } from './lifecycle.js';
import { facilitySchema } from './schema.js';

/** `pledge-facility/facility/<pl>`; index `state` also holds `live` facilities together. */
export const facilities = defineTable({
  contract: 'pledge-facility',
  name: 'facility',
  schema: facilitySchema,
  objectKind: 'pl',
  indexes: {
    state: (record) => (isLive(record.state) ? [record.state, 'live'] : [record.state]),
    lender: (record) => [record.lender],
    pledgor: (record) => [record.pledgor],
    supervisor: (record) => (record.supervisor === undefined ? [] : [record.supervisor]),
    line: (record) => (record.valuation === undefined ? [] : [record.valuation.line]),
    item: (record) => record.items.map((item) => item.asset),
  },
});

export const tables = tableList(facilities);
