import type { Obligation } from '../payment/internal.js';
import { owedMinor, payableMinor } from './internal.js';
import type { Invoice, Order } from './schema.js';

/** How far an order is, from the sums on its lines and its invoices; its own state first. */
export function orderStates(
  order: Order,
  invoiceStatesOf: readonly (readonly string[])[],
): readonly string[] {
  const { lines } = order;
  const states: string[] = [order.state];
  const delivered = lines.every((line) => line.accepted >= line.ordered.value);
  const partly = lines.some((line) => line.accepted > 0n);
  if (delivered) states.push('DELIVERED');
  else if (partly) states.push('PARTLY_DELIVERED');
  const complete = delivered || order.state === 'CLOSED_SHORT';
  const invoiced = partly && lines.every((line) => line.invoiced === line.accepted);
  if (complete && invoiced) states.push('INVOICED');
  const settled = invoiceStatesOf.every((one) => one.includes('SETTLED'));
  if (complete && invoiced && settled) states.push('SETTLED');
  return states;
}

/**
 * How far an invoice is: VOUCHERED when vouchers take all that is payable, PAID when money has
 * paid all that it owes itself, SETTLED when nothing is left to pay on it.
 */
export function invoiceStates(
  invoice: Invoice,
  obligation: Obligation | undefined,
): readonly string[] {
  const states: string[] = [invoice.state];
  const payable = payableMinor(invoice);
  const owed = owedMinor(invoice);
  const paid = obligation?.paidMinor ?? 0n;
  if (payable > 0n && owed === 0n) states.push('VOUCHERED');
  if (paid > 0n && obligation?.state === 'PAID') states.push('PAID');
  const done = owed === 0n || obligation?.state === 'PAID';
  if (done && invoice.disputedMinor === 0n) states.push('SETTLED');
  return states;
}
