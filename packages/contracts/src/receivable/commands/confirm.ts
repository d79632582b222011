import { dayFromTime, defined, OK, type ReadContext, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { clearRecordAlert } from '../../monitoring/internal.js';
import { firstProblem } from '../../params.js';
import { findInvoice, isMatched, unvoucheredMinor } from '../../purchase-order/internal.js';
import { inTurn } from '../../status.js';
import { claimProblem } from '../guards.js';
import { estoppels, roots } from '../keys.js';
import {
  grantedMinor,
  loadClaim,
  loadCreditLine,
  loadRoot,
  saveClaim,
  useCredit,
  withFlags,
} from '../records.js';
import { type Claim, commandSchemas, type Root } from '../schema.js';
import { status } from '../statusCodes.js';
import { isConfirmLate } from '../terms.js';

/**
 * The debtor confirms (确权): it owes this amount on this day to whoever holds the claim, and
 * cannot say later that it does not (D9; Interp. 61(1), CI 49).
 */
export const confirm = command({
  who: 'anyone',
  params: commandSchemas.confirm,
  verify: (context, { id, expectedVersion }) =>
    firstProblem(
      () => {
        const signers = (claim: Claim) => [claim.debtor];
        return claimProblem(context, { id, signers, states: ['PROPOSED'], expectedVersion });
      },
      () => {
        const { maturity } = loadClaim(context, id);
        return maturity > context.day ? OK : status('deadline_has_passed');
      },
      () => invoicesProblem(context, loadRoot(context, { root: id })),
      () => {
        const { debtor, face } = loadClaim(context, id);
        const line = loadCreditLine(context, { debtor, currency: face.currency });
        const fits = line.usedMinor + face.minor <= grantedMinor(line);
        return fits ? OK : status('exceeds_credit_line');
      },
    ),
  execute: (context, { id }) => {
    const claim = loadClaim(context, id);
    const root = loadRoot(context, claim);
    const { timeMs: confirmedAt, height } = context;
    context.put(roots, [id], { ...root, confirmedAt });
    const { debtor, originalCreditor: creditor, face, invoices } = root;
    const said = { root: id, debtor, creditor, face, invoices };
    context.put(estoppels, [id], { ...said, confirmedAt, height });
    useCredit(context, claim, face.minor);
    const late = isConfirmLate(context, dayFromTime(root.requestedAt));
    const flags = late ? withFlags(claim.flags, 'LATE_CONFIRM') : claim.flags;
    const data = { debtor, face, maturity: claim.maturity, flags };
    saveClaim(context, { ...claim, state: 'ACTIVE', flags }, 'claim.confirmed', data);
    return inTurn(
      () => clearRecordAlert(context, 'LATE_CONFIRM', id),
      ...invoices.map(({ invoice, minor }) => () => {
        const by = { id: invoice, proposedBy: -minor, voucheredBy: minor };
        return context.call('purchase-order', 'voucher', by);
      }),
    );
  },
});

/** Between proposal and confirmation an invoice may have been disputed, credited or paid (D6). */
function invoicesProblem(context: ReadContext, { invoices }: Root): Status {
  for (const { invoice: id, minor } of invoices) {
    const invoice = defined(findInvoice(context, id), 'confirm: a claim has its invoices');
    if (!isMatched(invoice)) return status('invoice_not_matched');
    const others = invoice.proposedMinor;
    const free = unvoucheredMinor(context, invoice) + others;
    if (minor > free) return status('exceeds_invoice_balance');
  }
  return OK;
}
