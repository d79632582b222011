import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { obligations } from '../keys.js';
import { obligationToChange, saveObligation } from '../obligationChange.js';
import { internalSchemas } from '../schema.js';
import { lastPaidDay, settlementOn } from '../settlement.js';
import { status } from '../statusCodes.js';

/** The order's side sets what is payable after a dispute or a credit note; never below paid. */
export const adjustObligation = internalCommand({
  callers: ['purchase-order', 'receivable', 'trace'],
  params: internalSchemas.adjust_obligation,
  verify: (context, { id, minor }) => {
    const found = context.get(obligations, id);
    if (found === undefined) return status('reference_not_found');
    if (minor < 0n) return status('below_paid_amount');
    const adjusted = { ...found, amount: { ...found.amount, minor } };
    const { excessMinor } = settlementOn(adjusted, lastPaidDay(found));
    return excessMinor > 0n ? status('below_paid_amount') : OK;
  },
  execute: (context, { id, minor }) => {
    const before = obligationToChange(context, id);
    return saveObligation(context, { ...before, amount: { ...before.amount, minor } });
  },
});
