import {
  limits,
  parametersAt,
  parametersTable,
  type QueryReader,
  stateKey,
} from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { pageFields, partyIdSchema } from '../fields.js';
import { findObligationAt, type Obligation } from '../payment/internal.js';
import { underway } from './amounts.js';
import { invoiceStates, orderStates } from './derivedStates.js';
import { isMatched } from './internal.js';
import { invoices, orders } from './keys.js';
import { parameters } from './parameters.js';
import { type Invoice, invoiceIdSchema, type Order, orderIdSchema } from './schema.js';
import { threeWayMatch } from './threeWayMatch.js';

export { deliveries, invoices, orders, similar } from './keys.js';
export type { Invoice } from './schema.js';

/** What the API may ask by name; orders, deliveries and invoices come from their tables. */
export const queries = {
  /** Why an invoice matches or not: lines and named differences, as things stand. */
  matchReport: query({
    params: z.strictObject({ invoice: invoiceIdSchema }),
    run: async (reader, { invoice: id }) => {
      const invoice = await reader.get(invoices, id);
      if (invoice === undefined) return { data: null, proofRef: [stateKey(invoices, [id])] };
      const read = new Map<string, Order | undefined>();
      for (const order of invoice.orders) read.set(order, await reader.get(orders, order));
      const record = await reader.get(parametersTable, 'purchase-order');
      const set = record && parametersAt(record, reader.height);
      const tolerance = set?.matchToleranceMinor ?? parameters.matchToleranceMinor;
      const report = threeWayMatch(invoice, (order) => read.get(order), BigInt(Number(tolerance)));
      const proofRef = [
        stateKey(invoices, [id]),
        ...invoice.orders.map((order) => stateKey(orders, [order])),
      ];
      return { data: { state: invoice.state, ...report }, proofRef };
    },
  }),
  /** How far an order is, with its invoices of the first page: derived from sums. */
  standing: query({
    params: z.strictObject({ order: orderIdSchema }),
    run: async (reader, { order: id }) => {
      const order = await reader.get(orders, id);
      if (order === undefined) return { data: null, proofRef: [stateKey(orders, [id])] };
      const index = { name: 'order', value: id };
      const page = await reader.list(invoices, { index, limit: limits.listPageMax });
      const counted = page.filter(({ record }) => isMatched(record));
      const stood: (readonly string[])[] = [];
      for (const { record } of counted) {
        stood.push(invoiceStates(record, await obligationOf(reader, record)));
      }
      const keys = counted.map(({ id: invoice }) => stateKey(invoices, [invoice]));
      const data = { state: order.state, states: orderStates(order, stood) };
      return { data, proofRef: [stateKey(orders, [id]), ...keys] };
    },
  }),
  /** How far an invoice is: vouchered, paid, settled. */
  invoiceStanding: query({
    params: z.strictObject({ invoice: invoiceIdSchema }),
    run: async (reader, { invoice: id }) => {
      const invoice = await reader.get(invoices, id);
      const proofRef = [stateKey(invoices, [id])];
      if (invoice === undefined) return { data: null, proofRef };
      const states = invoiceStates(invoice, await obligationOf(reader, invoice));
      return { data: { state: invoice.state, states }, proofRef };
    },
  }),
  /** Order lines of a party that are not wholly delivered, by order, page by page. */
  openLines: query({
    params: z.strictObject({ party: partyIdSchema, ...pageFields }),
    run: async (reader, { party, after, limit }) => {
      const index = { name: 'open', value: party };
      const from = after === undefined ? {} : { after };
      const page = await reader.list(orders, { index, limit, ...from });
      const items = page.flatMap(({ record }) => openLinesOf(record));
      const next = page.length === limit ? page.at(-1)?.id : undefined;
      const proofRef = page.map(({ record }) => stateKey(orders, [record.id]));
      return { data: { items, ...(next === undefined ? {} : { next }) }, proofRef };
    },
  }),
};

function obligationOf(
  reader: QueryReader,
  { obligation }: Invoice,
): Promise<Obligation | undefined> {
  return obligation === undefined
    ? Promise.resolve(undefined)
    : findObligationAt(reader, obligation);
}

function openLinesOf({ id, buyer, seller, lines }: Order) {
  return lines
    .filter((line) => line.accepted < line.ordered.value)
    .map((line) => ({
      order: id,
      buyer,
      seller,
      lineNo: line.lineNo,
      sku: line.sku,
      ordered: line.ordered,
      accepted: line.accepted,
      inTransit: underway(line) - line.accepted,
    }));
}
