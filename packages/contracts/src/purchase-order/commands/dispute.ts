import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { owedMinor, payableMinor } from '../internal.js';
import { saveWithObligation } from '../invoiceMoney.js';
import { invoices } from '../keys.js';
import { invoiceToChange } from '../records.js';
import { commandSchemas, type Invoice } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * The buyer disputes a part; the rest stays payable (保障中小企业款项支付条例 15). What it has
 * confirmed by voucher it can dispute no more (D9; Interp. 61(1)).
 */
export const dispute = command({
  who: 'anyone',
  params: commandSchemas.dispute,
  verify: (context, { id, expectedVersion, minor }) => {
    const invoice = context.get(invoices, id);
    if (invoice === undefined) return status('object_not_found');
    if (invoice.buyer !== context.sender) return status('signer_not_party_to_object');
    if (!versionIs(invoice, expectedVersion)) return status('object_version_is_stale');
    if (invoice.state === 'DISPUTED' || invoice.state === 'CREDITED') {
      return status('state_forbids_command');
    }
    if (minor <= 0n) return status('amount_must_be_positive');
    if (minor > payableMinor(invoice)) return status('disputed_exceeds_invoice');
    return minor > owedMinor(invoice) ? status('below_vouchered_amount') : OK;
  },
  execute: (context, { id, minor, reason }) => {
    const { state, ...before } = invoiceToChange(context, id);
    if (state === 'DISPUTED' || state === 'CREDITED') return status('state_forbids_command');
    const version = before.version + 1;
    const after: Invoice = {
      ...before,
      disputedMinor: minor,
      formerState: state,
      state: 'DISPUTED',
      version,
    };
    const data = { version, state: 'DISPUTED', disputedMinor: minor, reason };
    context.emit('invoice.disputed', id, data);
    return saveWithObligation(context, after, state === 'CONFIRMED');
  },
});
