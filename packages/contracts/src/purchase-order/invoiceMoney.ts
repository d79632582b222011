import { type Day, OK, type Status, type WriteContext } from '@triflow/protocol';
import { valueAtScale } from '../quantityAtScale.js';
import { invoiceGrossMinor, owedMinor } from './internal.js';
import { invoices, orders } from './keys.js';
import { holidaysIn, lateRate, paymentDueDay } from './paymentTerm.js';
import { orderToChange } from './records.js';
import type { Invoice, Order } from './schema.js';

/** The state that a credit leaves: wholly credited is CREDITED. */
export function stateAfterCredit(invoice: Invoice, otherwise: Invoice['state']): Invoice['state'] {
  return invoice.creditedMinor === invoiceGrossMinor(invoice) ? 'CREDITED' : otherwise;
}

/**
 * Stores an invoice and makes its obligation in `payment` say what is payable now: opens it when
 * a confirmed invoice has none yet, adjusts it when it has. Anything but success is payment's
 * refusal, such as `below_paid_amount`, and must be returned.
 */
export function saveWithObligation(
  context: WriteContext,
  invoice: Invoice,
  confirmed: boolean,
): Status {
  const minor = owedMinor(invoice);
  if (invoice.obligation !== undefined) {
    context.put(invoices, [invoice.id], invoice);
    return context.call('payment', 'adjust_obligation', { id: invoice.obligation, minor });
  }
  if (!confirmed) {
    context.put(invoices, [invoice.id], invoice);
    return OK;
  }
  const due = dueDayOf(context, invoice);
  if (minor === 0n) {
    context.put(invoices, [invoice.id], { ...invoice, paymentDueDay: due });
    return OK;
  }
  const obligation = context.newId('ob');
  context.put(invoices, [invoice.id], { ...invoice, obligation, paymentDueDay: due });
  return context.call('payment', 'record_obligation', {
    id: obligation,
    debtor: invoice.buyer,
    creditor: invoice.seller,
    amount: { minor, currency: invoice.amount.currency },
    due,
    purpose: 'invoice',
    sourceRef: invoice.id,
    late: lateRate(firstOrder(context, invoice).paymentTerm.lateRateBps),
  });
}

/** The last day of payment (O4): computed from basis, agreed or statutory days and holidays. */
export function dueDayOf(context: WriteContext, invoice: Invoice): Day {
  const { paymentTerm, buyerSizeClass } = firstOrder(context, invoice);
  const basisDay = invoice.basisDay ?? context.day;
  return paymentDueDay(basisDay, paymentTerm, buyerSizeClass, holidaysIn(context));
}

/** A wholly credited invoice gives back what it had taken of its order lines. */
export function releaseInvoiced(context: WriteContext, invoice: Invoice): void {
  for (const id of invoice.orders) {
    const order = orderToChange(context, id);
    const lines = order.lines.map((line) => releasedLine(invoice, order, line));
    context.put(orders, [id], { ...order, lines, version: order.version + 1 });
  }
}

function releasedLine(invoice: Invoice, order: Order, line: Order['lines'][number]) {
  const mine = invoice.lines.find((one) => one.order === order.id && one.lineNo === line.lineNo);
  if (mine === undefined) return line;
  const value = valueAtScale(line.ordered, mine.quantity);
  const steps = typeof value === 'bigint' ? value : 0n;
  const gross = mine.amountMinor + mine.taxMinor;
  return {
    ...line,
    invoiced: line.invoiced - steps,
    invoicedMinor: line.invoicedMinor - gross,
  };
}

/** All orders of an invoice have one payment term, so the first speaks for them. */
function firstOrder(context: WriteContext, invoice: Invoice): Order {
  return orderToChange(context, invoice.orders[0] ?? '');
}
