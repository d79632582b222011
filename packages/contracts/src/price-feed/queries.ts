import { stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { pageFields } from '../fields.js';
import { priceAt, usabilityOf } from './internal.js';
import { feeds, roundParts, rounds } from './keys.js';
import { feedIdSchema } from './schema.js';

export { feeds, roundParts, rounds } from './keys.js';

/** What the API may ask by name; feeds by id, sku, state and oracle come from their table. */
export const queries = {
  /**
   * The price that may be used now, or why there is none (Q2: a stale one is not given as current);
   * beside it the last final price and a big move that waits.
   */
  price: query({
    params: z.strictObject({ feed: feedIdSchema }),
    run: async (reader, { feed: id }) => {
      const feed = await reader.get(feeds, id);
      const proofRef = [stateKey(feeds, [id])];
      if (feed === undefined) return { data: null, proofRef };
      const last = priceAt(feed, reader.timeMs) ?? null;
      const problem = usabilityOf(last ?? undefined) ?? null;
      const current = problem === null ? last : null;
      return { data: { current, last, problem, unconfirmed: feed.unconfirmed ?? null }, proofRef };
    },
  }),
  /** How the rounds of a feed ended, in their order, page by page. */
  priceHistory: query({
    params: z.strictObject({ feed: feedIdSchema, ...pageFields }),
    run: async (reader, { feed, after, limit }) => {
      const index = { name: 'feed', value: feed };
      const from = after === undefined ? {} : { after };
      const page = await reader.list(rounds, { index, limit, ...from });
      const items = page.map(({ record }) => record);
      const next = page.length === limit ? page.at(-1)?.id : undefined;
      const proofRef = items.map(({ round }) => stateKey(rounds, roundParts(feed, round)));
      return { data: { items, ...(next === undefined ? {} : { next }) }, proofRef };
    },
  }),
};
