import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { payableMinor } from '../internal.js';
import { dueDayOf, saveWithObligation } from '../invoiceMoney.js';
import { invoices } from '../keys.js';
import { invoiceToChange } from '../records.js';
import { commandSchemas, type Invoice } from '../schema.js';
import { status } from '../statusCodes.js';

/** The buyer confirms what is not disputed; the obligation to pay opens in the same transaction. */
export const confirmInvoice = command({
  who: 'anyone',
  params: commandSchemas.confirm_invoice,
  verify: (context, { id, expectedVersion }) => {
    const invoice = context.get(invoices, id);
    if (invoice === undefined) return status('object_not_found');
    if (invoice.buyer !== context.sender) return status('signer_not_party_to_object');
    if (!versionIs(invoice, expectedVersion)) return status('object_version_is_stale');
    const open = invoice.state === 'DISPUTED' ? invoice.formerState : invoice.state;
    if (open !== 'MATCHED') return status('state_forbids_command');
    return payableMinor(invoice) > 0n ? OK : status('nothing_payable');
  },
  execute: (context, { id }) => {
    const before = invoiceToChange(context, id);
    const basisDay = before.basisDay ?? context.day;
    const version = before.version + 1;
    const disputed = before.state === 'DISPUTED';
    const after: Invoice = {
      ...before,
      basisDay,
      version,
      state: disputed ? 'DISPUTED' : 'CONFIRMED',
      ...(disputed ? { formerState: 'CONFIRMED' as const } : {}),
    };
    const paymentDueDay = dueDayOf(context, after);
    const payable = payableMinor(after);
    const data = { version, state: after.state, basisDay, paymentDueDay, payableMinor: payable };
    context.emit('invoice.confirmed', id, data);
    return saveWithObligation(context, after, true);
  },
});
