import { defineTable, tableList } from '../table.js';
import { isLive } from './lifecycle.js';
import { claimSchema, distributionSchema, facilitySchema, saleSchema } from './schema.js';

const SALE_DIGITS = 4;

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
  /** As last valued. */
  measures: { ltvBps: (record) => record.valuation?.ltvBps },
});

/** `sale/<pl>/<number, four digits>`: what an enforcement sold. */
export const sales = defineTable({
  contract: 'pledge-facility',
  name: 'sale',
  schema: saleSchema,
  indexes: { facility: (record) => [record.facility] },
  visibility: { as: (record) => [record.facility] },
});

/** `distribution/<pl>/<sale>`: who got how much of a sale's proceeds, by which article. */
export const distributions = defineTable({
  contract: 'pledge-facility',
  name: 'distribution',
  schema: distributionSchema,
  indexes: { facility: (record) => [record.facility] },
  visibility: { as: (record) => [record.facility] },
});

/** `claim/<pl>/<creditor>/<debt>`: what another creditor claims of the proceeds, and got. */
export const claims = defineTable({
  contract: 'pledge-facility',
  name: 'claim',
  schema: claimSchema,
  visibility: { as: (record) => [record.facility] },
});

/** The key parts of a sale and of its distribution. */
export function saleParts(facility: string, number: number): [string, string] {
  return [facility, String(number).padStart(SALE_DIGITS, '0')];
}

export const tables = tableList(facilities, sales, distributions, claims);
