import { defineTable, tableList } from '../table.js';
import {
  arrivalsSchema,
  deliverySchema,
  fingerprintSchema,
  invoiceSchema,
  orderSchema,
  salesSchema,
  similarSchema,
} from './schema.js';

const contract = 'purchase-order';

/** `order/<id>` */
export const orders = defineTable({
  contract,
  name: 'order',
  schema: orderSchema,
  objectKind: 'po',
  indexes: {
    buyer: (record) => [record.buyer],
    seller: (record) => [record.seller],
    party: (record) => [record.buyer, record.seller],
    state: (record) => [record.state],
    /** Both parties of an accepted order with a line that is not wholly delivered. */
    open: (record) =>
      record.state === 'ACCEPTED' && record.lines.some((one) => one.accepted < one.ordered.value)
        ? [record.buyer, record.seller]
        : [],
  },
  visibility: {
    originOf: [
      { table: 'purchase-order/delivery', index: 'order' },
      { table: 'purchase-order/invoice', index: 'order' },
    ],
  },
});
/** `delivery/<id>` */
export const deliveries = defineTable({
  contract,
  name: 'delivery',
  schema: deliverySchema,
  objectKind: 'dl',
  indexes: {
    order: (record) => [record.order],
    party: (record) => [...new Set([record.buyer, record.seller, record.custodian])],
    custodian: (record) => [record.custodian],
    state: (record) => [record.state],
  },
});
/** `invoice/<id>` */
export const invoices = defineTable({
  contract,
  name: 'invoice',
  schema: invoiceSchema,
  objectKind: 'in',
  indexes: {
    buyer: (record) => [record.buyer],
    seller: (record) => [record.seller],
    party: (record) => [record.buyer, record.seller],
    order: (record) => record.orders,
    number: (record) => [record.number],
    state: (record) => [record.state],
    flag: (record) => record.flags,
  },
});
/** `arrivals/<order>/<lineNo>` */
export const arrivals = defineTable({ contract, name: 'arrivals', schema: arrivalsSchema });
/** `fingerprint/<exact digest>` */
export const fingerprints = defineTable({
  contract,
  name: 'fingerprint',
  schema: fingerprintSchema,
});
/** `similar/<kind>/<partial digest>` */
export const similar = defineTable({ contract, name: 'similar', schema: similarSchema });

/** `sales/<seller>/<sku>` */
export const sales = defineTable({
  contract,
  name: 'sales',
  schema: salesSchema,
  visibility: { parties: (_record, [seller = '']) => [seller] },
});

export const tables = tableList(
  orders,
  deliveries,
  invoices,
  arrivals,
  fingerprints,
  similar,
  sales,
);
