import { command } from '@triflow/sdk';
import { dayOfTime } from '../calendar.js';
import { countText, moneyText } from '../figures.js';
import { documentRef } from '../papers.js';
import { present } from '../scenarioError.js';
import { nameIn, type Stage } from '../stage.js';

const LINE = 1;
const CURRENCY = 'CNY';
const INVOICE_CODE = '044001900111';

/** An order of one line between two parties, in yuan and pieces. */
export interface Trade {
  readonly order: string;
  readonly buyer: string;
  readonly seller: string;
  readonly sku: string;
  readonly goods: string;
  readonly pieces: bigint;
  /** Fen a piece, without tax. */
  readonly priceMinor: bigint;
  readonly taxBps: number;
  readonly paymentDays: number;
}

/** What becomes of an order: the goods, and the paper about them. */
export interface Sale extends Trade {
  readonly delivery: string;
  readonly invoice: string;
  readonly number: string;
}

/** Money of the trades. */
export function cny(minor: bigint): { readonly minor: bigint; readonly currency: string } {
  return { minor, currency: CURRENCY };
}

/** Net, tax and both of a sale. */
export function amountsOf({ pieces, priceMinor, taxBps }: Trade) {
  const net = pieces * priceMinor;
  const tax = (net * BigInt(taxBps)) / 10_000n;
  return { net, tax, gross: net + tax };
}

/** The buyer orders and the seller accepts; the seller agrees to be paid by voucher. */
export async function agreeTrade(stage: Stage, trade: Trade): Promise<void> {
  const { order, buyer, seller, sku, pieces, priceMinor, taxBps, paymentDays } = trade;
  const unitPrice = { value: priceMinor, currency: CURRENCY, unit: 'C62', scale: 0 };
  const line = { lineNo: LINE, sku, ordered: quantity(pieces), unitPrice };
  await stage.act(
    buyer,
    command('purchase-order', 'issue_order', {
      id: order,
      seller: stage.cast.actor(seller).id,
      currency: CURRENCY,
      lines: [{ ...line, taxBps, overDeliveryBps: 0 }],
      paymentTerm: { days: paymentDays, basis: 'delivery' },
      nonCashClause: documentRef(`payment by voucher, ${order}`),
    }),
  );
  const accept = { id: order, expectedVersion: 1 };
  await stage.act(seller, command('purchase-order', 'accept_order', accept));
  const told = `${order}: ${nameIn(stage, buyer)} orders ${countText(pieces)} ${trade.goods}`;
  stage.tell('data', `${told} from ${nameIn(stage, seller)}`);
}

/** The goods go from seller to buyer, who accepts all of them. */
export async function deliverTrade(stage: Stage, sale: Sale): Promise<void> {
  const { order, delivery, buyer, seller, pieces } = sale;
  const lines = [{ lineNo: LINE, quantity: quantity(pieces) }];
  await stage.act(seller, command('purchase-order', 'ship', { id: delivery, order, lines }));
  const receiver = stage.cast.actor(buyer).id;
  const handing = { id: delivery, expectedVersion: 1, receiver };
  await stage.agree([seller, buyer], command('purchase-order', 'hand_over', handing));
  const parts = { accepted: pieces, rejected: 0n, lost: 0n };
  const judged = [{ lineNo: LINE, unit: 'C62', scale: 0, ...parts }];
  const accept = { id: delivery, expectedVersion: 2, lines: judged };
  await stage.act(buyer, command('purchase-order', 'accept_delivery', accept));
  const told = `${delivery}: ${nameIn(stage, buyer)} accepted ${countText(pieces)} ${sale.goods}`;
  stage.tell('goods', `${told} from ${nameIn(stage, seller)}`);
}

/** The seller's invoice, matched line by line with order and delivery. */
export async function invoiceTrade(stage: Stage, sale: Sale): Promise<void> {
  await stage.act(sale.seller, registration(stage, sale));
  await stage.act(sale.buyer, command('purchase-order', 'match', { id: sale.invoice }));
  const { gross } = amountsOf(sale);
  stage.tell('data', `${sale.invoice} matched with ${sale.order}: ${moneyText(gross, CURRENCY)}`);
}

/** The command that registers the invoice of a sale. */
export function registration(stage: Stage, sale: Sale, code = INVOICE_CODE) {
  const { order, invoice, number, buyer, seller, pieces } = sale;
  const { net, tax } = amountsOf(sale);
  const line = { order, lineNo: LINE, quantity: quantity(pieces) };
  return command('purchase-order', 'register_invoice', {
    id: invoice,
    buyer: stage.cast.actor(buyer).id,
    sellerTaxId: taxIdOf(stage, seller),
    buyerTaxId: taxIdOf(stage, buyer),
    code,
    number,
    amount: cny(net),
    tax: cny(tax),
    issueDay: dayOfTime(stage.nowMs()),
    lines: [{ ...line, amountMinor: net, taxMinor: tax }],
  });
}

/** A lender's line for the debtor: what its confirmed vouchers may come to. */
export async function grantLine(
  stage: Stage,
  { lender, debtor, minor }: { lender: string; debtor: string; minor: bigint },
): Promise<void> {
  const terms = { debtor: stage.cast.actor(debtor).id, limit: cny(minor) };
  await stage.act(lender, command('receivable', 'set_credit_line', terms));
  const told = `${nameIn(stage, lender)} grants ${nameIn(stage, debtor)} a line`;
  stage.tell('money', `${told} of ${moneyText(minor, CURRENCY)}`);
}

/** The creditor makes the sale's invoice a voucher and the debtor confirms it (确权). */
export async function issueVoucher(
  stage: Stage,
  sale: Sale,
  voucher: { readonly id: string; readonly days: number },
): Promise<void> {
  const { id } = voucher;
  await stage.act(sale.seller, voucherCommand(stage, sale, voucher));
  const confirm = { id, expectedVersion: 1 };
  await stage.act(sale.buyer, command('receivable', 'confirm', confirm));
  const face = moneyText(amountsOf(sale).gross, CURRENCY);
  const told = `${nameIn(stage, sale.buyer)} confirmed ${id}: it owes ${face}`;
  stage.tell('money', `${told} to ${nameIn(stage, sale.seller)}`);
}

/** The command that makes a voucher of the whole invoice. */
export function voucherCommand(
  stage: Stage,
  sale: Sale,
  { id, days }: { readonly id: string; readonly days: number },
) {
  return command('receivable', 'issue', {
    id,
    invoices: [{ invoice: sale.invoice, minor: amountsOf(sale).gross }],
    maturity: dayOfTime(stage.nowMs()) + days,
  });
}

/** The version of a claim, as one reads it who may. */
export async function claimOf(stage: Stage, alias: string, id: string) {
  const { data } = await stage.read(alias, (client) => client.receivables.get(id));
  return present(id, data);
}

function quantity(value: bigint) {
  return { value, unit: 'C62', scale: 0 };
}

function taxIdOf({ cast }: Stage, alias: string): string {
  return cast.actor(alias).id.replace(/^[a-z]+:/, '');
}
