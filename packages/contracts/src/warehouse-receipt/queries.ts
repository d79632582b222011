import { compareText, dayFromTime, limits, stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { pageFields, partyIdSchema } from '../fields.js';
import { type RecordView, readThrough } from '../readThrough.js';
import { openReceiptIds } from './internal.js';
import { lots, receipts, requests, stocktakeBooks, stocktakes, tokens } from './keys.js';
import { isOpen } from './lifecycle.js';
import { overIssueShares } from './overIssue.js';
import { lotIdSchema, receiptIdSchema } from './schema.js';

export { lots, receipts } from './keys.js';
export { isOpen as isOpenReceipt } from './lifecycle.js';
export type { Lot, Receipt } from './schema.js';

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

  /** What each open receipt of a lot may claim of what is there: its pro-rata part (R4). */
  overIssueReport: query({
    params: z.strictObject({ lot: lotIdSchema }),
    run: async (reader, params) => {
      const { value, keys } = await readThrough(reader, (view) => overIssue(view, params.lot));
      return { data: value ?? null, proofRef: keys };
    },
  }),

  /** The stocktakes of a lot, newest first, with the books that they were opened over. */
  stocktakes: query({
    params: z.strictObject({ lot: lotIdSchema }),
    run: async (reader, params) => {
      const lot = await reader.get(lots, params.lot);
      const keys: string[] = [];
      const data: unknown[] = [];
      for (let n = lot?.stocktakes ?? 0; n > 0 && data.length < limits.listPageDefault; n -= 1) {
        const key = [params.lot, String(n)] as const;
        const stocktake = await reader.get(stocktakes, ...key);
        data.push({ stocktake, book: await reader.get(stocktakeBooks, ...key) });
        keys.push(stateKey(stocktakes, key), stateKey(stocktakeBooks, key));
      }
      return { data, proofRef: keys };
    },
  }),

  /** Requests to inspect or sample; `overdue` where the keeper let the time pass (911). */
  requests: query({
    params: z.strictObject({ id: receiptIdSchema }),
    run: async (reader, params) => {
      const made = (await reader.get(receipts, params.id))?.requests ?? 0;
      const today = dayFromTime(reader.timeMs);
      const keys: string[] = [];
      const data: unknown[] = [];
      for (let n = made; n > 0 && data.length < limits.listPageDefault; n -= 1) {
        const request = await reader.get(requests, params.id, String(n));
        if (request === undefined) continue;
        const overdue = request.answer === undefined && today > request.until;
        data.push({ ...request, flags: overdue ? ['request_overdue'] : [] });
        keys.push(stateKey(requests, [params.id, String(n)]));
      }
      return { data, proofRef: keys };
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

function overIssue(view: RecordView, id: string) {
  const lot = view.get(lots, id);
  if (lot === undefined) return undefined;
  const open = [...openReceiptIds(view, id)]
    .sort(compareText)
    .map((receipt) => view.get(receipts, receipt))
    .filter((receipt) => receipt !== undefined);
  const shares = overIssueShares(lot, open);
  const { state, onHand, receipted } = lot;
  const over = receipted.value > onHand.value ? receipted.value - onHand.value : 0n;
  const entitlements = open.map(({ id: receipt, holder, quantity }, index) => {
    return { receipt, holder, quantity, entitled: { ...quantity, value: shares[index] ?? 0n } };
  });
  const overIssued = { ...onHand, value: over };
  return { lot: id, state, onHand, receipted, overIssued, entitlements };
}
