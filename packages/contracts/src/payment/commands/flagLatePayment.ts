import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { raiseRecordAlert } from '../../monitoring/internal.js';
import { isPayable } from '../internal.js';
import { obligations } from '../keys.js';
import { obligationToChange } from '../obligationChange.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * Anyone notes that the last day of payment has ended with something open (SME 15-17):
 * LATE_PAYMENT stands on the obligation until nothing is owed. Noted again, nothing is added.
 */
export const flagLatePayment = command({
  who: 'anyone',
  params: commandSchemas.flag_late_payment,
  verify: (context, { id }) => {
    const found = context.get(obligations, id);
    if (found === undefined) return status('object_not_found');
    const isOpen = found.state === 'OPEN' || found.state === 'PARTLY_PAID';
    if (!isOpen) return status('state_forbids_command');
    if (!isPayable(found)) return status('payment_condition_not_met');
    return context.day > found.due ? OK : status('deadline_not_reached');
  },
  execute: (context, { id }) => {
    const { debtor: owner, creditor, sourceRef, due, version } = obligationToChange(context, id);
    context.emit('obligation.late', id, { version, debtor: owner, creditor, due });
    const refs = [sourceRef];
    return raiseRecordAlert(context, { kind: 'LATE_PAYMENT', asset: id, owner, refs });
  },
});
