import { stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { pageFields } from '../fields.js';
import { items, movements, numbered, stocktakes, vaults } from './keys.js';
import { itemIdSchema } from './schema.js';

/** What the API may ask by name; further lists by the indexes of `custody-items/item`. */
export const queries = {
  /** A vault with who answers for it, its differences and its items, page by page. */
  vault: query({
    params: z.strictObject({ vault: itemIdSchema, ...pageFields }),
    run: async (reader, { vault: id, after, limit }) => {
      const vault = await reader.get(vaults, id);
      const from = after === undefined ? {} : { after };
      const index = { name: 'vault', value: id };
      const page = await reader.list(items, { index, limit, ...from });
      const next = page.length === limit ? page.at(-1)?.id : undefined;
      const keys = page.map(({ record }) => stateKey(items, [record.id]));
      const data = { vault: vault ?? null, items: page.map(({ record }) => record) };
      const proofRef = [stateKey(vaults, [id]), ...keys];
      return { data: { ...data, ...(next === undefined ? {} : { next }) }, proofRef };
    },
  }),
  /** Every way of an item through the door with its keepers and approver, page by page. */
  itemHistory: query({
    params: z.strictObject({ item: itemIdSchema, ...pageFields }),
    run: async (reader, { item, after, limit }) => {
      const from = after === undefined ? {} : { after };
      const index = { name: 'item', value: item };
      const page = await reader.list(movements, { index, limit, ...from });
      const next = page.length === limit ? page.at(-1)?.id : undefined;
      const list = page.map(({ record }) => record);
      const proofRef = page.map(({ id }) => `custody-items/movement/${id}`);
      return { data: { items: list, ...(next === undefined ? {} : { next }) }, proofRef };
    },
  }),
  /** A stocktake: its snapshot, what was counted, and missing, extra, misplaced, damaged. */
  stocktake: query({
    params: z.strictObject({ vault: itemIdSchema, number: z.coerce.number().int().min(1) }),
    run: async (reader, { vault, number }) => {
      const parts = numbered(vault, number);
      const data = (await reader.get(stocktakes, ...parts)) ?? null;
      return { data, proofRef: [stateKey(stocktakes, parts)] };
    },
  }),
};
