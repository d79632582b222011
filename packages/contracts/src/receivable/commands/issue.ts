import {
  defined,
  isStorable,
  OK,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import {
  findInvoice,
  type Invoice,
  isMatched,
  unvoucheredMinor,
} from '../../purchase-order/internal.js';
import { inTurn } from '../../status.js';
import { freshIdProblem, type Phase } from '../guards.js';
import { claims, roots } from '../keys.js';
import { type Claim, commandSchemas, type Root } from '../schema.js';
import { status } from '../statusCodes.js';
import { agreedClause, agreedLateRate, basisOf, termFlags, termProblem } from '../terms.js';

type Params = z.infer<typeof commandSchemas.issue>;

/**
 * The creditor turns matched invoices, or a part of them, into a voucher; or the debtor proposes
 * it and the creditor signs after, so that nobody is forced to take one (SME 11).
 */
export const issue = countersigned<Params>({
  who: 'anyone',
  params: commandSchemas.issue,
  object: ({ id }) => id,
  signers: (context, params) => {
    const { seller } = firstInvoice(context, params);
    return context.sender === seller ? [] : [seller];
  },
  verify: (context, params, phase) =>
    firstProblem(
      () => freshIdProblem(context, [params.id]),
      () => invoicesProblem(context, params, phase),
      () => balanceProblem(context, params),
      () => termProblem(context, params, basisOf(context, params)),
    ),
  execute: (context, params) => {
    const root = putRoot(context, params);
    const claim = putClaim(context, params, root);
    const { id, face, debtor, holder, maturity, flags } = claim;
    const { invoices, paymentDueDay } = root;
    const parties = { version: 1, state: claim.state, face, debtor, holder };
    context.emit('claim.issued', id, { ...parties, maturity, invoices, paymentDueDay, flags });
    return inTurn(
      ...params.invoices.map(({ invoice, minor }) => () => {
        const by = { id: invoice, proposedBy: minor, voucheredBy: 0n };
        return context.call('purchase-order', 'voucher', by);
      }),
    );
  },
});

function firstInvoice(context: ReadContext, { invoices }: Params): Invoice {
  const id = invoices[0]?.invoice ?? '';
  return defined(findInvoice(context, id), 'issue: the guards found the invoices');
}

/** Matched invoices between one creditor and one debtor, of whom one opens. */
function invoicesProblem(context: ReadContext, params: Params, phase: Phase): Status {
  const ids = params.invoices.map((part) => part.invoice);
  if (new Set(ids).size !== ids.length) return status('invoice_named_twice');
  const found: Invoice[] = [];
  for (const id of ids) {
    const invoice = findInvoice(context, id);
    if (invoice === undefined) return status('reference_not_found');
    const { buyer, seller } = invoice;
    const isParty = context.sender === buyer || context.sender === seller;
    if (phase === 'open' && !isParty) return status('signer_not_party_to_object');
    if (!isMatched(invoice)) return status('invoice_not_matched');
    found.push(invoice);
  }
  const sides = found.map(({ buyer, seller, amount }) => `${buyer} ${seller} ${amount.currency}`);
  return new Set(sides).size === 1 ? OK : status('invoices_differ');
}

/** D6: a voucher takes at most what is payable, unpaid and in no other voucher. */
function balanceProblem(context: ReadContext, params: Params): Status {
  let face = 0n;
  for (const { invoice: id, minor } of params.invoices) {
    if (minor <= 0n) return status('amount_must_be_positive');
    const invoice = defined(findInvoice(context, id), 'issue: the guards found the invoices');
    if (minor > unvoucheredMinor(context, invoice)) return status('exceeds_invoice_balance');
    face += minor;
  }
  return isStorable(face) ? OK : status('amount_out_of_range');
}

function putRoot(context: WriteContext, params: Params): Root {
  const basis = basisOf(context, params);
  const { buyer, seller, amount } = firstInvoice(context, params);
  const root: Root = {
    id: params.id,
    face: { minor: sumOf(params.invoices), currency: amount.currency },
    debtor: buyer,
    originalCreditor: seller,
    debtorSizeClass: basis.debtorSizeClass,
    creditorSizeClass: basis.creditorSizeClass,
    invoices: params.invoices,
    issuedDay: context.day,
    maturity: params.maturity,
    paymentDueDay: defined(basis.paymentDueDay, 'issue: the guards asked for the day'),
    nonCashClause: agreedClause(params, basis),
    longTermReason: params.longTermReason,
    assignmentBan: params.assignmentBan,
    lateRate: agreedLateRate(params, basis),
    requestedAt: context.timeMs,
    movedMinor: 0n,
    redeemedMinor: 0n,
    cancelledMinor: 0n,
  };
  context.put(roots, [root.id], root);
  return root;
}

function putClaim(context: WriteContext, params: Params, root: Root): Claim {
  const { id, face, debtor, originalCreditor, maturity } = root;
  const claim: Claim = {
    id,
    root: id,
    parents: [],
    children: [],
    face,
    debtor,
    originalCreditor,
    holder: originalCreditor,
    maturity,
    tier: 1,
    tradeRef: params.invoices[0]?.invoice ?? '',
    former: [],
    flags: termFlags(context.day, maturity, basisOf(context, params)),
    state: 'PROPOSED',
    knowing: [],
    version: 1,
  };
  context.put(claims, [id], claim);
  return claim;
}

function sumOf(parts: Params['invoices']): bigint {
  return parts.reduce((sum, part) => sum + part.minor, 0n);
}
