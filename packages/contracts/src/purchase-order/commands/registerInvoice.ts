import { isStorable, limits, OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { raiseRecordAlert } from '../../monitoring/internal.js';
import { valueAtScale } from '../../quantityAtScale.js';
import {
  exactFingerprint,
  type FingerprintFields,
  foldedNumber,
  partialFingerprints,
} from '../fingerprints.js';
import { fingerprints, invoices, orders } from '../keys.js';
import { noteSimilar } from '../noteSimilar.js';
import { commandSchemas, type Invoice, type Order } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.register_invoice>;

/** The seller registers an invoice once; a similar one is flagged, the same one refused. */
export const registerInvoice = command({
  who: 'anyone',
  params: commandSchemas.register_invoice,
  verify: (context, params) => {
    if (context.get(invoices, params.id) !== undefined) return status('id_already_exists');
    const fields = fingerprintFields(context, params);
    if (fields === undefined) return status('invoice_number_malformed');
    if (params.issueDay > context.day) return status('issue_day_in_future');
    const problem = ordersProblem(context, params) ?? sumsProblem(params);
    if (problem !== undefined) return problem;
    const known = context.get(fingerprints, exactFingerprint(context, fields));
    return known === undefined ? OK : status('invoice_already_registered');
  },
  execute: (context, params) => {
    const fields = fingerprintFields(context, params);
    if (fields === undefined) return status('invoice_number_malformed');
    const { id, buyer, amount, tax, issueDay } = params;
    const fingerprint = exactFingerprint(context, fields);
    context.put(fingerprints, [fingerprint], { invoice: id });
    const found = noteSimilar(context, id, partialFingerprints(context, fields));
    const flags: Invoice['flags'] = found.length === 0 ? [] : ['DUPLICATE_FINGERPRINT'];
    context.put(invoices, [id], {
      ...params,
      seller: context.sender,
      code: fields.code,
      number: fields.number,
      orders: orderIds(params),
      fingerprint,
      flags,
      disputedMinor: 0n,
      creditedMinor: 0n,
      proposedMinor: 0n,
      voucheredMinor: 0n,
      registeredAt: context.timeMs,
      state: 'REGISTERED',
      version: 1,
    });
    const data = { version: 1, seller: context.sender, buyer, amount, tax, issueDay, flags };
    context.emit('invoice.registered', id, { ...data, fingerprint, state: 'REGISTERED' });
    if (found.length === 0) return OK;
    context.emit('invoice.similar_found', id, { version: 1, similar: found });
    const refs = [...new Set(found.flatMap((likeness) => likeness.invoices))];
    const sign = { kind: 'DUPLICATE_FINGERPRINT', asset: id, owner: buyer, refs } as const;
    return raiseRecordAlert(context, sign);
  },
});

function fingerprintFields(context: ReadContext, params: Params): FingerprintFields | undefined {
  const code = foldedNumber(params.code);
  const number = foldedNumber(params.number);
  if (code === undefined || number === undefined) return undefined;
  const { buyer, amount, issueDay } = params;
  return { seller: context.sender, buyer, code, number, amount, issueDay };
}

/** The orders are the parties' own, concluded, in one currency and on one payment term. */
function ordersProblem(context: ReadContext, params: Params): Status | undefined {
  const ids = orderIds(params);
  if (ids.length > limits.ordersPerInvoiceMax) return status('bound_exceeded');
  const found: Order[] = [];
  for (const id of ids) {
    const order = context.get(orders, id);
    if (order === undefined) return status('reference_not_found');
    if (order.seller !== context.sender) return status('signer_not_party_to_object');
    if (order.buyer !== params.buyer) return status('invoice_buyer_differs');
    const concluded = order.state === 'ACCEPTED' || order.state === 'CLOSED_SHORT';
    if (!concluded) return status('state_forbids_command');
    if (order.currency !== params.amount.currency || order.currency !== params.tax.currency) {
      return status('currency_does_not_match');
    }
    found.push(order);
  }
  if (new Set(found.map(termText)).size > 1) return status('payment_terms_differ');
  return linesProblem(params, found);
}

function linesProblem({ lines }: Params, found: readonly Order[]): Status | undefined {
  const named = new Set(lines.map((line) => `${line.order}/${line.lineNo}`));
  if (named.size !== lines.length) return status('line_named_twice');
  for (const { order, lineNo, quantity } of lines) {
    const lineOf = found.find((one) => one.id === order)?.lines;
    const line = lineOf?.find((one) => one.lineNo === lineNo);
    if (line === undefined) return status('line_not_found');
    const value = valueAtScale(line.ordered, quantity);
    if (typeof value !== 'bigint') return value;
  }
  return undefined;
}

function sumsProblem({ amount, tax, lines }: Params): Status | undefined {
  if (amount.minor <= 0n) return status('amount_must_be_positive');
  const net = lines.reduce((sum, line) => sum + line.amountMinor, 0n);
  const taxes = lines.reduce((sum, line) => sum + line.taxMinor, 0n);
  if (net !== amount.minor || taxes !== tax.minor) return status('lines_do_not_add_up');
  return isStorable(net + taxes) ? undefined : status('amount_out_of_range');
}

function orderIds({ lines }: Params): string[] {
  return [...new Set(lines.map((line) => line.order))];
}

function termText({ paymentTerm, buyerSizeClass }: Order): string {
  const { basis, days, inspectionDays, lateRateBps } = paymentTerm;
  const parts = [basis, days, inspectionDays, lateRateBps, buyerSizeClass];
  return parts.map((part) => part ?? '-').join(' ');
}
