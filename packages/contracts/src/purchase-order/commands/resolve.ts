import { defined, OK } from '@triflow/protocol';
import { countersigned } from '../../pending.js';
import { releaseInvoiced, saveWithObligation, stateAfterCredit } from '../invoiceMoney.js';
import { invoices } from '../keys.js';
import { invoiceToChange } from '../records.js';
import { commandSchemas, type Invoice } from '../schema.js';
import { status } from '../statusCodes.js';

/** Both parties end a dispute: they credit a part of the disputed amount, the rest is owed. */
export const resolve = countersigned({
  who: 'anyone',
  params: commandSchemas.resolve,
  object: ({ id }) => id,
  signers: (context, { id }) => {
    const { buyer, seller } = invoiceToChange(context, id);
    return [context.sender === buyer ? seller : buyer];
  },
  verify: (context, { id, expectedVersion, creditMinor }) => {
    const invoice = context.get(invoices, id);
    if (invoice === undefined) return status('object_not_found');
    const isParty = context.sender === invoice.buyer || context.sender === invoice.seller;
    if (!isParty) return status('signer_not_party_to_object');
    if (invoice.version !== expectedVersion) return status('object_version_is_stale');
    if (invoice.state !== 'DISPUTED') return status('state_forbids_command');
    return creditMinor > invoice.disputedMinor ? status('disputed_exceeds_invoice') : OK;
  },
  execute: (context, { id, creditMinor }) => {
    const { formerState, ...before } = invoiceToChange(context, id);
    const former = defined(formerState, 'resolve: a disputed invoice has a former state');
    const version = before.version + 1;
    const creditedMinor = before.creditedMinor + creditMinor;
    const settled: Invoice = { ...before, disputedMinor: 0n, creditedMinor, version };
    const after: Invoice = { ...settled, state: stateAfterCredit(settled, former) };
    if (after.state === 'CREDITED' && former !== 'REGISTERED') releaseInvoiced(context, after);
    context.emit('invoice.resolved', id, { version, state: after.state, creditedMinor });
    return saveWithObligation(context, after, former === 'CONFIRMED');
  },
});
