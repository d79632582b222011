import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { owedMinor, payableMinor } from '../internal.js';
import { releaseInvoiced, saveWithObligation, stateAfterCredit } from '../invoiceMoney.js';
import { invoices } from '../keys.js';
import { invoiceToChange } from '../records.js';
import { commandSchemas, type Invoice } from '../schema.js';
import { status } from '../statusCodes.js';

/** The seller takes a part of a confirmed invoice, or all of it, off what is owed. */
export const creditNote = command({
  who: 'anyone',
  params: commandSchemas.credit_note,
  verify: (context, { id, expectedVersion, minor }) => {
    const invoice = context.get(invoices, id);
    if (invoice === undefined) return status('object_not_found');
    if (invoice.seller !== context.sender) return status('signer_not_party_to_object');
    if (!versionIs(invoice, expectedVersion)) return status('object_version_is_stale');
    if (invoice.state !== 'CONFIRMED') return status('state_forbids_command');
    if (minor <= 0n) return status('amount_must_be_positive');
    if (minor > payableMinor(invoice)) return status('credit_exceeds_invoice');
    const free = owedMinor(invoice) - invoice.proposedMinor;
    return minor > free ? status('below_vouchered_amount') : OK;
  },
  execute: (context, { id, number, minor }) => {
    const before = invoiceToChange(context, id);
    const version = before.version + 1;
    const creditedMinor = before.creditedMinor + minor;
    const credited: Invoice = { ...before, creditedMinor, version };
    const after: Invoice = { ...credited, state: stateAfterCredit(credited, 'CONFIRMED') };
    if (after.state === 'CREDITED') releaseInvoiced(context, after);
    context.emit('invoice.credited', id, { version, state: after.state, number, creditedMinor });
    return saveWithObligation(context, after, true);
  },
});
