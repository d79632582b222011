import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { owedMinor } from '../internal.js';
import { saveWithObligation } from '../invoiceMoney.js';
import { invoices } from '../keys.js';
import { invoiceToChange } from '../records.js';
import { type Invoice, internalSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * Vouchers on an invoice are proposed, confirmed or cancelled. What a confirmed voucher takes over
 * is no longer owed by the invoice: one debt, one claim (D6).
 */
export const voucher = internalCommand({
  callers: ['receivable'],
  params: internalSchemas.voucher,
  verify: (context, { id, proposedBy, voucheredBy }) => {
    const invoice = context.get(invoices, id);
    if (invoice === undefined) return status('reference_not_found');
    const proposed = invoice.proposedMinor + proposedBy;
    const vouchered = invoice.voucheredMinor + voucheredBy;
    if (proposed < 0n || vouchered < 0n) return status('amount_out_of_range');
    return voucheredBy > owedMinor(invoice) ? status('below_vouchered_amount') : OK;
  },
  execute: (context, { id, proposedBy, voucheredBy }) => {
    const before = invoiceToChange(context, id);
    const proposedMinor = before.proposedMinor + proposedBy;
    const voucheredMinor = before.voucheredMinor + voucheredBy;
    const version = before.version + 1;
    const after: Invoice = { ...before, proposedMinor, voucheredMinor, version };
    context.emit('invoice.vouchered', id, { version, proposedMinor, voucheredMinor });
    const confirmed = (after.formerState ?? after.state) === 'CONFIRMED';
    return saveWithObligation(context, after, confirmed);
  },
});
