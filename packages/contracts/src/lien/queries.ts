import { z } from 'zod';
import { query } from '../defineContract.js';
import { idSchema } from '../params.js';
import { findReceiptAt } from '../warehouse-receipt/internal.js';
import { lienProofKeys, onAsset, onAssetKey } from './keys.js';
import { objectIdSchema } from './schema.js';

/** What the API may ask of the register of liens. */
export const queries = {
  /** The live liens of an asset by class, state and times; the key proves the list whole. */
  encumbrances: query({
    openTo: 'anyone',
    params: z.strictObject({ asset: objectIdSchema }),
    run: async (reader, params) => {
      const record = await reader.get(onAsset, params.asset);
      return { data: { liens: record?.liens ?? [] }, proofRef: [onAssetKey(params.asset)] };
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
      const free = own === undefined && lots === undefined;
      return { data: { receipt: receipt.id, free }, proofRef: lienProofKeys(receipt) };
    },
  }),
} as const;
