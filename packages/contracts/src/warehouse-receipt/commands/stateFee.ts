import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { movableProblem } from '../guards.js';
import { findReceipt } from '../internal.js';
import { isOpen } from '../lifecycle.js';
import { loadReceipt, saveReceipt } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The keeper states which storage fee is due now, or with zero that none is (item 6 of 909). */
export const stateFee = command({
  who: ['WAREHOUSE'],
  params: commandSchemas.state_fee,
  verify: (context, params) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    const { due } = params;
    const { currency } = receipt.items.fee.amount;
    return firstProblem(
      () => (receipt.warehouse === context.sender ? OK : status('signer_not_party_to_object')),
      () => movableProblem(context, receipt),
      () => (isOpen(receipt.state) ? OK : status('state_forbids_command')),
      () => (due.currency === currency ? OK : status('currency_does_not_match')),
      () => (due.minor >= 0n ? OK : status('amount_must_be_positive')),
    );
  },
  execute: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    const { due } = params;
    const feeDue = due.minor > 0n ? due : undefined;
    const { version } = saveReceipt(context, { ...receipt, feeDue });
    context.emit('receipt.fee_stated', receipt.id, { version, due });
    return OK;
  },
});
