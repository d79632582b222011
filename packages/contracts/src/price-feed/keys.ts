import { defineTable, tableList } from '../table.js';
import { feedSchema, roundRecordSchema } from './schema.js';

const contract = 'price-feed';
const ROUND_DIGITS = 10;

/** `feed/<id>` */
export const feeds = defineTable({
  contract,
  name: 'feed',
  schema: feedSchema,
  objectKind: 'pf',
  indexes: {
    sku: (record) => [record.sku],
    state: (record) => [record.state],
    oracle: (record) => record.oracles,
  },
  visibility: { anyone: true },
});
/** `round/<feed>/<round, ten digits>`, so that rounds lie in their order. */
export const rounds = defineTable({
  contract,
  name: 'round',
  schema: roundRecordSchema,
  indexes: { feed: (record) => [record.feed] },
  visibility: { anyone: (record) => record.state === 'FINAL' },
});

/** The key parts of a round's record. */
export function roundParts(feed: string, round: number): [string, string] {
  return [feed, String(round).padStart(ROUND_DIGITS, '0')];
}

export const tables = tableList(feeds, rounds);
