import { defined, OK, type ReadContext, type WriteContext } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { latestArrival } from '../arrivalList.js';
import { dueDayOf } from '../invoiceMoney.js';
import { arrivals, invoices, orders } from '../keys.js';
import { invoiceToChange, orderToChange } from '../records.js';
import { commandSchemas, type Invoice } from '../schema.js';
import { status } from '../statusCodes.js';
import { type MatchedLine, type MatchReport, threeWayMatch } from '../threeWayMatch.js';

/** Anyone lets an invoice be compared with order and delivery; `matchReport` says why not. */
export const match = command({
  who: 'anyone',
  params: commandSchemas.match,
  verify: (context, { id }) => {
    const invoice = context.get(invoices, id);
    if (invoice === undefined) return status('object_not_found');
    if (invoice.state !== 'REGISTERED') return status('state_forbids_command');
    return reportOf(context, invoice).matched ? OK : status('invoice_not_matched');
  },
  execute: (context, { id }) => {
    const invoice = invoiceToChange(context, id);
    const { lines, differences } = reportOf(context, invoice);
    const basisDay = basisDayOf(context, invoice, lines);
    for (const order of invoice.orders) addInvoiced(context, order, lines);
    const version = invoice.version + 1;
    const matched: Invoice = { ...invoice, basisDay, state: 'MATCHED', version };
    const paymentDueDay = basisDay === undefined ? undefined : dueDayOf(context, matched);
    context.put(invoices, [id], { ...matched, paymentDueDay });
    const data = { version, state: 'MATCHED', basisDay, paymentDueDay, differences };
    context.emit('invoice.matched', id, data);
    return OK;
  },
});

function reportOf(context: ReadContext, invoice: Invoice): MatchReport {
  const read = new Map(invoice.orders.map((id) => [id, context.get(orders, id)]));
  const toleranceMinor = BigInt(context.parameter<number>('matchToleranceMinor'));
  return threeWayMatch(invoice, (id) => read.get(id), toleranceMinor);
}

/** The sums on the order's lines; they keep O2 true without a scan. */
function addInvoiced(context: WriteContext, id: string, lines: readonly MatchedLine[]): void {
  const order = orderToChange(context, id);
  context.put(orders, [id], {
    ...order,
    lines: order.lines.map((line) => {
      const matched = lines.find((one) => one.order === id && one.lineNo === line.lineNo);
      if (matched === undefined) return line;
      const invoicedMinor = line.invoicedMinor + matched.gross;
      return { ...line, invoiced: line.invoiced + matched.value, invoicedMinor };
    }),
    version: order.version + 1,
  });
}

/** The day from which the term runs; for settlement confirmation it comes with the confirmation. */
function basisDayOf(
  context: ReadContext,
  invoice: Invoice,
  lines: readonly MatchedLine[],
): number | undefined {
  const { basis } = orderToChange(context, invoice.orders[0] ?? '').paymentTerm;
  if (basis === 'settlement_confirmation') return undefined;
  const days = lines.map(({ order, lineNo, invoicedBefore, value }) => {
    const known = context.get(arrivals, order, String(lineNo))?.arrivals ?? [];
    const latest = latestArrival(known, invoicedBefore, invoicedBefore + value);
    const found = defined(latest, 'match: what is invoiced was accepted');
    return basis === 'delivery' ? found.deliveredDay : found.acceptanceDay;
  });
  return Math.max(...days);
}
