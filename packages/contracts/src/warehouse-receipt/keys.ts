import { burdens } from '../burdens.js';
import { defineTable, tableList } from '../table.js';
import {
  damageSchema,
  lotReceiptsSchema,
  lotSchema,
  receiptSchema,
  requestSchema,
  salesSchema,
  slotUseSchema,
  stocktakeBookSchema,
  stocktakeSchema,
  tokenSchema,
  weighingSchema,
} from './schema.js';

const contract = 'warehouse-receipt';

/** `warehouse-receipt/lot/<lt>`: goods of one kind in one warehouse. */
export const lots = defineTable({
  contract,
  name: 'lot',
  schema: lotSchema,
  objectKind: 'lt',
  indexes: {
    warehouse: (record) => [record.warehouse],
    sku: (record) => [record.sku],
    state: (record) => [record.state],
  },
  visibility: { originOf: [burdens, { table: 'warehouse-receipt/receipt', index: 'lot' }] },
});

/** `warehouse-receipt/receipt/<wr>`: an electronic warehouse receipt. */
export const receipts = defineTable({
  contract,
  name: 'receipt',
  schema: receiptSchema,
  objectKind: 'wr',
  indexes: {
    holder: (record) => [record.holder],
    warehouse: (record) => [record.warehouse],
    lot: (record) => [record.lot],
    state: (record) => [record.state],
    lender: (record) => (record.lender === undefined ? [] : [record.lender]),
    facility: (record) => (record.facility === undefined ? [] : [record.facility]),
    parent: (record) => record.parents,
  },
  visibility: { originOf: [burdens, { table: 'warehouse-receipt/receipt', index: 'parent' }] },
});

/** `warehouse-receipt/token/<wr>/<number>`: the right to leave through the gate, once. */
export const tokens = defineTable({ contract, name: 'token', schema: tokenSchema });

/** `warehouse-receipt/slot/<slot>`: which lot is in a place or container, over all warehouses. */
export const slotUses = defineTable({ contract, name: 'slot', schema: slotUseSchema });

/** `warehouse-receipt/weighing/<hash>`: a weighing counts once. */
export const weighings = defineTable({ contract, name: 'weighing', schema: weighingSchema });

/** `warehouse-receipt/lotReceipts/<lt>/<part>`: a lot's open receipts, for commands to read. */
export const lotReceipts = defineTable({
  contract,
  name: 'lotReceipts',
  schema: lotReceiptsSchema,
});

/** `warehouse-receipt/stocktake/<lt>/<number>`: a count of a lot, opened to signed. */
export const stocktakes = defineTable({ contract, name: 'stocktake', schema: stocktakeSchema });

/** `warehouse-receipt/stocktakeBook/<lt>/<number>`: the books when it was opened. */
export const stocktakeBooks = defineTable({
  contract,
  name: 'stocktakeBook',
  schema: stocktakeBookSchema,
});

/** `warehouse-receipt/request/<wr>/<number>`: to inspect or to sample, and its answer (911). */
export const requests = defineTable({ contract, name: 'request', schema: requestSchema });

/** `warehouse-receipt/damage/<lt>/<number>`: what the keeper had to report (912). */
export const damages = defineTable({ contract, name: 'damage', schema: damageSchema });

/** `warehouse-receipt/sales/<ware>/<seller>`: to whom it sold such goods lately. */
export const sales = defineTable({ contract, name: 'sales', schema: salesSchema });

export const tables = tableList(
  lots,
  receipts,
  lotReceipts,
  tokens,
  slotUses,
  weighings,
  stocktakes,
  stocktakeBooks,
  requests,
  damages,
  sales,
);
