import { defineTable, tableList } from '../table.js';
import {
  lotReceiptsSchema,
  lotSchema,
  receiptSchema,
  slotUseSchema,
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
  visibility: { originOf: [{ table: 'warehouse-receipt/receipt', index: 'lot' }] },
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
  visibility: { originOf: [{ table: 'warehouse-receipt/receipt', index: 'parent' }] },
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

export const tables = tableList(lots, receipts, lotReceipts, tokens, slotUses, weighings);
