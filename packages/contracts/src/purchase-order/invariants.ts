import { eachRecord, type Invariant, type StateView } from '../invariant.js';
import { holdsAtIn } from '../lien/internal.js';
import { valueAtScale } from '../quantityAtScale.js';
import { deliverable, inTransit, underway } from './amounts.js';
import { owedMinor } from './internal.js';
import { arrivals, deliveries, fingerprints, invoices, orders } from './keys.js';
import type { Invoice, Order, OrderLine } from './schema.js';

/** Checked after random command sequences, and by whoever holds a whole state. */
export const invariants: readonly Invariant[] = [
  eachRecord('O1 shipped = accepted + rejected + lost + in transit', orders, (order, state) =>
    order.lines.every((line) => deliveredAsCounted(order, line, state)),
  ),
  eachRecord('O2 invoiced is at most accepted', orders, (order, state) =>
    order.lines.every(
      (line) => line.invoiced <= line.accepted && line.invoiced === invoicedOf(order, line, state),
    ),
  ),
  eachRecord('O3 no quantity is held by order finance and by another', orders, (order, state) =>
    order.lines.every(({ lineNo }) =>
      holdsAtIn(state, `${order.id}.${lineNo}`).every(({ value, held, holders }) => {
        const { finance } = order;
        const alone = finance === undefined || holders.every((one) => one === finance.lender);
        return alone && held <= value;
      }),
    ),
  ),
  eachRecord('O4 a confirmed invoice has its obligation and payment day', invoices, (invoice) => {
    const confirmed = (invoice.formerState ?? invoice.state) === 'CONFIRMED';
    const opened = invoice.obligation !== undefined;
    const dated = invoice.paymentDueDay !== undefined;
    const owes = confirmed && owedMinor(invoice) > 0n;
    return (dated || !(opened || confirmed)) && (opened || !owes);
  }),
  eachRecord('deliveries stay within what was ordered', orders, (order) =>
    order.lines.every((line) => underway(line) <= deliverable(line)),
  ),
  eachRecord('arrivals add up to what was accepted', orders, (order, state) =>
    order.lines.every((line) => {
      const known = state.read(arrivals, order.id, String(line.lineNo))?.arrivals ?? [];
      return (known.at(-1)?.upTo ?? 0n) === line.accepted;
    }),
  ),
  eachRecord('a delivery judged adds up', deliveries, (delivery) =>
    delivery.lines.every((line) => {
      const judged = line.accepted + line.rejected + line.lost;
      const open = delivery.state === 'IN_TRANSIT' || delivery.state === 'ARRIVED';
      return open ? judged === 0n : judged === line.shipped;
    }),
  ),
  eachRecord('an invoice is registered under its fingerprint', invoices, (invoice, state) => {
    return state.read(fingerprints, invoice.fingerprint)?.invoice === invoice.id;
  }),
  eachRecord('disputed and credited stay within the invoice', invoices, (invoice) => {
    const gross = invoice.amount.minor + invoice.tax.minor;
    const disputed = invoice.state === 'DISPUTED';
    return (
      invoice.disputedMinor + invoice.creditedMinor <= gross &&
      disputed === (invoice.formerState !== undefined) &&
      (disputed || invoice.disputedMinor === 0n)
    );
  }),
  eachRecord('D6 confirmed vouchers stay within what is payable', invoices, (invoice) => {
    return owedMinor(invoice) >= 0n;
  }),
];

function deliveredAsCounted(order: Order, line: OrderLine, state: StateView): boolean {
  const parts = state
    .records(deliveries)
    .filter((delivery) => delivery.order === order.id)
    .flatMap((delivery) => delivery.lines)
    .filter((one) => one.lineNo === line.lineNo);
  const sum = (pick: (one: (typeof parts)[number]) => bigint) =>
    parts.reduce((total, one) => total + pick(one), 0n);
  return (
    inTransit(line) >= 0n &&
    sum((one) => one.shipped) === line.shipped &&
    sum((one) => one.accepted) === line.accepted &&
    sum((one) => one.rejected) === line.rejected &&
    sum((one) => one.lost) === line.lost
  );
}

/** Σ of the invoices that have been matched and not wholly credited. */
function invoicedOf(order: Order, line: OrderLine, state: StateView): bigint {
  return state
    .records(invoices)
    .filter(isCounted)
    .flatMap((invoice) => invoice.lines)
    .filter((one) => one.order === order.id && one.lineNo === line.lineNo)
    .reduce((total, one) => {
      const value = valueAtScale(line.ordered, one.quantity);
      return total + (typeof value === 'bigint' ? value : 0n);
    }, 0n);
}

function isCounted({ state, formerState }: Invoice): boolean {
  const counted = state === 'DISPUTED' ? formerState : state;
  return counted === 'MATCHED' || counted === 'CONFIRMED';
}
