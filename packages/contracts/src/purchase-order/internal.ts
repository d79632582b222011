import type { PartyId, QueryReader, ReadContext } from '@triflow/protocol';
import type { StateView } from '../invariant.js';
import { findObligation } from '../payment/internal.js';
import { deliveries, invoices, orders } from './keys.js';
import type { Delivery, Invoice, Order } from './schema.js';

export { holidaysIn, isLateRateTooLow, lateRate } from './paymentTerm.js';
export type { Delivery, Invoice, Order } from './schema.js';

/** The order of an id, or undefined. */
export function findOrder(context: ReadContext, id: string): Order | undefined {
  return context.get(orders, id);
}

/** The order of an id at the height of a query, or undefined. */
export function findOrderAt(reader: QueryReader, id: string): Promise<Order | undefined> {
  return reader.get(orders, id);
}

/** The invoices of an order at the height of a query, the first ones by id. */
export function invoicesOfOrderAt(
  reader: QueryReader,
  order: string,
  limit: number,
): Promise<readonly { readonly id: string; readonly record: Invoice }[]> {
  return reader.list(invoices, { index: { name: 'order', value: order }, limit });
}

/** The delivery of an id, or undefined. */
export function findDelivery(context: ReadContext, id: string): Delivery | undefined {
  return context.get(deliveries, id);
}

/** The invoice of an id, or undefined. */
export function findInvoice(context: ReadContext, id: string): Invoice | undefined {
  return context.get(invoices, id);
}

/** Amount and tax of an invoice in minor units. */
export function invoiceGrossMinor(invoice: Pick<Invoice, 'amount' | 'tax'>): bigint {
  return invoice.amount.minor + invoice.tax.minor;
}

/** What the buyer has to pay as things stand: neither credited nor disputed. */
export function payableMinor(invoice: Invoice): bigint {
  return invoiceGrossMinor(invoice) - invoice.creditedMinor - invoice.disputedMinor;
}

/** What the buyer has to pay by itself: payable and not taken over by a confirmed voucher. */
export function owedMinor(invoice: Invoice): bigint {
  return payableMinor(invoice) - invoice.voucheredMinor;
}

/**
 * What of an invoice could still become a voucher (D6): payable, not paid, and in no voucher that
 * is proposed or confirmed.
 */
export function unvoucheredMinor(context: ReadContext, invoice: Invoice): bigint {
  const { obligation } = invoice;
  const paid = obligation === undefined ? undefined : findObligation(context, obligation);
  return owedMinor(invoice) - invoice.proposedMinor - (paid?.paidMinor ?? 0n);
}

/** Whether an invoice was matched, and whatever was disputed since was no part of it. */
export function isMatched(invoice: Invoice): boolean {
  const state = invoice.state === 'DISPUTED' ? invoice.formerState : invoice.state;
  return state === 'MATCHED' || state === 'CONFIRMED';
}

/** Whether both sides of an order are bound by it. */
export function isConcluded(order: Order): boolean {
  return order.state === 'ACCEPTED' || order.state === 'CLOSED_SHORT';
}

/** The lender that finances one of these orders, or undefined (O3). */
export function orderFinancier(
  context: ReadContext,
  orderIds: readonly string[],
): PartyId | undefined {
  for (const id of orderIds) {
    const lender = findOrder(context, id)?.finance?.lender;
    if (lender !== undefined) return lender;
  }
  return undefined;
}

/** Invoices with what is payable of them, to a check over a whole state. */
export function invoicesIn(state: StateView): readonly (Invoice & { readonly payable: bigint })[] {
  return state.records(invoices).map((one) => ({ ...one, payable: payableMinor(one) }));
}

/** What an accepted quantity of an order's line is worth with its tax. */
export { grossMinor } from './amounts.js';
