import { limits, stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { pageFields, partyIdSchema } from '../fields.js';
import { receipts, tokens } from './keys.js';
import { isOpen } from './lifecycle.js';
import { receiptIdSchema } from './schema.js';

/** What the API may ask of receipts. */
export const queries = {
  /** The receipts that a warehouse has issued and not yet closed. */
  openReceipts: query({
    params: z.strictObject({ warehouse: partyIdSchema, ...pageFields }),
    run: async (reader, params) => {
      const { warehouse, after, limit } = params;
      const index = { name: 'warehouse', value: warehouse };
      const page = after === undefined ? { index, limit } : { index, after, limit };
      const found = await reader.list(receipts, page);
      const open = found.filter((item) => isOpen(item.record.state));
      return {
        data: { receipts: open.map((item) => item.record), next: found.at(-1)?.id },
        proofRef: open.map((item) => stateKey(receipts, [item.id])),
      };
    },
  }),

  /** Whether a receipt was ever issued and how it stands: what an offline check of a QR asks. */
  verifyReceipt: query({
    openTo: 'anyone',
    params: z.strictObject({ id: receiptIdSchema }),
    run: async (reader, params) => {
      const record = await reader.get(receipts, params.id);
      const data =
        record === undefined
          ? { issued: false }
          : { issued: true, open: isOpen(record.state), state: record.state, lot: record.lot };
      return { data, proofRef: [stateKey(receipts, [params.id])] };
    },
  }),

  /** The release tokens of a receipt, newest first. */
  releaseTokens: query({
    params: z.strictObject({ id: receiptIdSchema }),
    run: async (reader, params) => {
      const issued = (await reader.get(receipts, params.id))?.tokensIssued ?? 0;
      const keys: string[] = [];
      const data: unknown[] = [];
      for (let n = issued; n > 0 && keys.length < limits.listPageDefault; n -= 1) {
        data.push(await reader.get(tokens, params.id, String(n)));
        keys.push(stateKey(tokens, [params.id, String(n)]));
      }
      return { data, proofRef: keys };
    },
  }),
} as const;
