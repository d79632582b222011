import { compareText, limits, type QueryReader, shareProRata, stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../../defineContract.js';
import { lesser } from '../../lesser.js';
import { idSchema } from '../../params.js';
import { findObligationAt, isPayable, obligationsOfAt } from '../../payment/internal.js';
import {
  findOrderAt,
  grossMinor,
  type Invoice,
  invoiceGrossMinor,
  invoicesOfOrderAt,
} from '../../purchase-order/internal.js';
import { leavesOfRootAt, type Root, rootsOfInvoiceAt } from '../../receivable/internal.js';
import { supplies } from '../keys.js';
import { lotIdSchema } from '../traceIds.js';

/** One flow of goods, documents and money, each in minor units and, for goods, in pieces. */
interface Flow {
  readonly currency: string;
  readonly acceptedMinor: bigint;
  readonly invoicedMinor: bigint;
  readonly paidMinor: bigint;
}

type Kind =
  | 'accepted_exceeds_invoiced'
  | 'invoiced_exceeds_accepted'
  | 'invoiced_exceeds_paid'
  | 'paid_exceeds_invoiced';

/**
 * Goods accepted, documents and money of an order, or of a lot of vaccine, side by side: equal, or
 * the named differences with their amounts and records (三流合一). Money is what was paid on the
 * invoices and on the vouchers that took them over, partial payments too.
 */
export const threeFlow = query({
  params: z.strictObject({ order: idSchema('po').optional(), lot: lotIdSchema.optional() }),
  run: async (reader, { order, lot }) => {
    if (order !== undefined) return orderFlow(reader, order);
    return lot === undefined ? { data: null, proofRef: [] } : lotFlow(reader, lot);
  },
});

async function orderFlow(reader: QueryReader, id: string) {
  const order = await findOrderAt(reader, id);
  const keys = [`purchase-order/order/${id}`];
  if (order === undefined) return { data: null, proofRef: keys };
  const page = await invoicesOfOrderAt(reader, id, limits.listPageMax);
  let invoicedMinor = 0n;
  let paidMinor = 0n;
  for (const { record } of page) {
    const paid = await paidOn(reader, record);
    keys.push(`purchase-order/invoice/${record.id}`, ...paid.keys);
    invoicedMinor += partOf(record, id, invoiceGrossMinor(record) - record.creditedMinor);
    paidMinor += partOf(record, id, paid.minor);
  }
  const lines = order.lines.map(({ lineNo, sku, ordered, shipped, accepted, invoiced }) => {
    return { lineNo, sku, unit: ordered.unit, scale: ordered.scale, shipped, accepted, invoiced };
  });
  const acceptedMinor = order.lines.reduce(
    (sum, line) => sum + grossMinor(line, line.accepted),
    0n,
  );
  const flow = { currency: order.currency, acceptedMinor, invoicedMinor, paidMinor };
  const complete = page.length < limits.listPageMax;
  const records = [id, ...page.map(({ record }) => record.id)];
  return { data: { order: id, lines, ...judged([flow], records), complete }, proofRef: keys };
}

/** What was paid on an invoice, and its part of what was paid on the vouchers on it (R4). */
async function paidOn(reader: QueryReader, { id, obligation }: Invoice) {
  const keys: string[] = [];
  let minor = 0n;
  if (obligation !== undefined) {
    keys.push(`payment/obligation/${obligation}`);
    minor += (await findObligationAt(reader, obligation))?.paidMinor ?? 0n;
  }
  for (const { record } of await rootsOfInvoiceAt(reader, id, limits.listPageMax)) {
    const paid = await paidOnRoot(reader, record);
    keys.push(...paid.keys);
    const weights = record.invoices.map((part) => part.minor);
    const at = record.invoices.findIndex((part) => part.invoice === id);
    minor += shareProRata(paid.minor, weights)?.[at] ?? 0n;
  }
  return { keys, minor };
}

/** What was redeemed of a voucher's tree, and what was paid so far on what is due of it. */
async function paidOnRoot(reader: QueryReader, { id, redeemedMinor }: Root) {
  const keys = [`receivable/root/${id}`];
  let minor = redeemedMinor;
  for (const { record } of await leavesOfRootAt(reader, id, limits.listPageMax)) {
    const { obligation, face } = record;
    if (obligation === undefined) continue;
    keys.push(`receivable/claim/${record.id}`, `payment/obligation/${obligation}`);
    const paidMinor = (await findObligationAt(reader, obligation))?.paidMinor ?? 0n;
    // What is paid beyond the face is interest.
    minor += lesser(paidMinor, face.minor);
  }
  return { keys, minor };
}

/** An order's part of a sum of an invoice that names several: by the lines of each (R4). */
function partOf(invoice: Invoice, order: string, minor: bigint): bigint {
  const own = invoice.lines
    .filter((line) => line.order === order)
    .reduce((sum, line) => sum + line.amountMinor + line.taxMinor, 0n);
  return shareProRata(minor, [own, invoiceGrossMinor(invoice) - own])?.[0] ?? 0n;
}

/** What buyers of a lot accepted, what became payable for it, and what was paid. */
async function lotFlow(reader: QueryReader, lot: string) {
  const index = { name: 'lot', value: lot };
  const page = await reader.list(supplies, { index, limit: limits.listPageMax });
  const debts = await obligationsOfAt(reader, lot, limits.listPageMax);
  const lines = page.map(({ record }) => record);
  const keys = [
    ...lines.map(({ buyer }) => stateKey(supplies, [lot, buyer])),
    ...debts.map(({ record }) => `payment/obligation/${record.id}`),
  ];
  const currencies = [...new Set(lines.map((line) => line.currency))].sort(compareText);
  const flows = currencies.map((currency): Flow => {
    const owed = debts.filter(({ record }) => record.amount.currency === currency);
    const payable = owed.filter(({ record }) => isPayable(record));
    return {
      currency,
      acceptedMinor: lines
        .filter((line) => line.currency === currency)
        .reduce((sum, line) => sum + line.unitMinor * BigInt(line.accepted), 0n),
      invoicedMinor: payable.reduce((sum, { record }) => sum + record.amount.minor, 0n),
      paidMinor: owed.reduce((sum, { record }) => sum + record.paidMinor, 0n),
    };
  });
  const records = [lot, ...debts.map(({ record }) => record.id)];
  const complete = page.length < limits.listPageMax && debts.length < limits.listPageMax;
  return { data: { lot, lines, ...judged(flows, records), complete }, proofRef: keys };
}

function judged(flows: readonly Flow[], records: readonly string[]) {
  const differences = flows.flatMap((flow) =>
    differencesOf(flow).map((difference) => ({ ...difference, currency: flow.currency, records })),
  );
  return { flows, equal: differences.length === 0, differences };
}

function differencesOf({ acceptedMinor, invoicedMinor, paidMinor }: Flow) {
  const found: { readonly kind: Kind; readonly minor: bigint }[] = [];
  const goods = acceptedMinor - invoicedMinor;
  if (goods > 0n) found.push({ kind: 'accepted_exceeds_invoiced', minor: goods });
  if (goods < 0n) found.push({ kind: 'invoiced_exceeds_accepted', minor: -goods });
  const money = invoicedMinor - paidMinor;
  if (money > 0n) found.push({ kind: 'invoiced_exceeds_paid', minor: money });
  if (money < 0n) found.push({ kind: 'paid_exceeds_invoiced', minor: -money });
  return found;
}
