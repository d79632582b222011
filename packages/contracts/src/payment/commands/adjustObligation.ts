import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { obligations } from '../keys.js';
import { obligationToChange, saveSums } from '../obligationChange.js';
import { internalSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The order's side sets what is payable after a dispute or a credit note; never below paid. */
export const adjustObligation = internalCommand({
  callers: ['purchase-order'],
  params: internalSchemas.adjust_obligation,
  verify: (context, { id, minor }) => {
    const found = context.get(obligations, id);
    if (found === undefined) return status('reference_not_found');
    return minor < found.paidMinor ? status('below_paid_amount') : OK;
  },
  execute: (context, { id, minor }) => {
    saveSums(context, obligationToChange(context, id), { amountMinor: minor });
    return OK;
  },
});
