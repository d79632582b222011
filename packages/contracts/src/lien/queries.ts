import { z } from 'zod';
import { query } from '../defineContract.js';
import { partyIdSchema } from '../fields.js';
import { idSchema } from '../params.js';
import { readThrough } from '../readThrough.js';
import { isStatus } from '../status.js';
import { findReceiptAt } from '../warehouse-receipt/internal.js';
import { lienProofKeys, onAsset, onAssetKey } from './keys.js';
import { loadRankCase, rank } from './rank.js';
import { objectIdSchema } from './schema.js';

export { liens, onAsset } from './keys.js';

/** What the API may ask of the register of liens. */
export const queries = {
  /** The live liens of an asset by class, state and times; the key proves the list whole. */
  encumbrances: query({
    openTo: 'anyone',
    params: z.strictObject({ asset: z.union([objectIdSchema, partyIdSchema]) }),
    run: async (reader, params) => {
      const record = await reader.get(onAsset, params.asset);
      return { data: { liens: record?.liens ?? [] }, proofRef: [onAssetKey(params.asset)] };
    },
  }),

  /** The liens that meet on an asset, in order of right, with the articles (L3). */
  rank: query({
    params: z.strictObject({ asset: objectIdSchema }),
    run: async (reader, params) => {
      const { value, keys } = await readThrough(reader, (view) => loadRankCase(view, params.asset));
      return { data: isStatus(value) ? null : rank(value), proofRef: keys };
    },
  }),

  /** Whether nothing encumbers a receipt, with the keys whose absence proves it. */
  noLienProof: query({
    openTo: 'anyone',
    params: z.strictObject({ receipt: idSchema('wr') }),
    run: async (reader, params) => {
      const receipt = await findReceiptAt(reader, params.receipt);
      if (receipt === undefined) return { data: null, proofRef: [] };
      const own = await reader.get(onAsset, receipt.id);
      const lots = await reader.get(onAsset, receipt.lot);
      const floating = await reader.get(onAsset, receipt.holder);
      const free = own === undefined && lots === undefined && floating === undefined;
      return { data: { receipt: receipt.id, free }, proofRef: lienProofKeys(receipt) };
    },
  }),
} as const;
