import { defined } from '@triflow/protocol';
import { valueAtScale } from '../quantityAtScale.js';
import { grossMinor, inTransit } from './amounts.js';
import type { Invoice, InvoiceLine, Order, OrderLine } from './schema.js';

export const differenceNames = [
  'invoiced_exceeds_delivered',
  'invoiced_exceeds_goods_issued',
  'goods_issued_exceeds_delivered',
  'price_differs',
  'invoice_precedes_order',
] as const;

/** A named difference between order, delivery and invoice, with how much and whether it refuses. */
export type Difference = {
  readonly name: (typeof differenceNames)[number];
  readonly order: string;
  readonly lineNo: number;
  /** In the line's unit and scale, or minor units, or days. */
  readonly by: bigint;
  readonly refuses: boolean;
};

export type MatchedLine = {
  readonly order: string;
  readonly lineNo: number;
  readonly value: bigint;
  readonly gross: bigint;
  readonly invoicedBefore: bigint;
};

export type MatchReport = {
  readonly matched: boolean;
  readonly lines: readonly MatchedLine[];
  readonly differences: readonly Difference[];
};

/**
 * The three-way rule of each line (domain 3.3): Σ invoiced quantity ≤ Σ accepted, and Σ invoiced
 * amount ≤ Σ floor(accepted × price) + tax + tolerance, in minor units.
 */
export function threeWayMatch(
  invoice: Invoice,
  orderOf: (id: string) => Order | undefined,
  toleranceMinor: bigint,
): MatchReport {
  const lines: MatchedLine[] = [];
  const differences: Difference[] = [];
  for (const invoiceLine of invoice.lines) {
    const order = defined(orderOf(invoiceLine.order), 'match: an invoice names orders that exist');
    const line = order.lines.find((one) => one.lineNo === invoiceLine.lineNo);
    if (line === undefined) {
      differences.push(removedLine(invoiceLine));
      continue;
    }
    const matched = matchedLine(invoiceLine, line);
    lines.push(matched);
    differences.push(...quantityDifferences(matched, line));
    differences.push(...priceDifferences(matched, line, toleranceMinor));
    const early = order.issuedDay - invoice.issueDay;
    if (early > 0) differences.push(difference('invoice_precedes_order', matched, BigInt(early)));
  }
  return { matched: !differences.some((one) => one.refuses), lines, differences };
}

/** The line was amended away after the invoice: nothing of it was delivered. */
function removedLine({ order, lineNo, quantity }: InvoiceLine): Difference {
  const name = 'invoiced_exceeds_delivered';
  return { name, order, lineNo, by: quantity.value, refuses: true };
}

function matchedLine(invoiceLine: InvoiceLine, line: OrderLine): MatchedLine {
  const { order, lineNo, quantity, amountMinor, taxMinor } = invoiceLine;
  const steps = valueAtScale(line.ordered, quantity);
  const value = typeof steps === 'bigint' ? steps : quantity.value;
  const gross = amountMinor + taxMinor;
  return { order, lineNo, value, gross, invoicedBefore: line.invoiced };
}

function quantityDifferences(matched: MatchedLine, line: OrderLine): Difference[] {
  const invoiced = matched.invoicedBefore + matched.value;
  const found: Difference[] = [];
  if (invoiced > line.accepted) {
    found.push(difference('invoiced_exceeds_delivered', matched, invoiced - line.accepted));
  }
  if (invoiced > line.shipped) {
    found.push(difference('invoiced_exceeds_goods_issued', matched, invoiced - line.shipped));
  }
  const missing = line.shipped - line.accepted - inTransit(line);
  if (missing > 0n) {
    found.push(difference('goods_issued_exceeds_delivered', matched, missing, false));
  }
  return found;
}

/** Named when this line's own amount is over its price; refusing when the sum is over all. */
function priceDifferences(
  matched: MatchedLine,
  line: OrderLine,
  toleranceMinor: bigint,
): Difference[] {
  const own = matched.gross - grossMinor(line, matched.value);
  const sum = line.invoicedMinor + matched.gross - grossMinor(line, line.accepted);
  if (own <= 0n && sum <= 0n) return [];
  const refuses = sum > toleranceMinor;
  return [difference('price_differs', matched, sum > 0n ? sum : own, refuses)];
}

function difference(
  name: Difference['name'],
  { order, lineNo }: MatchedLine,
  by: bigint,
  refuses = true,
): Difference {
  return { name, order, lineNo, by, refuses };
}
