import { limits, OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { obligations } from '../keys.js';
import { obligationToChange, saveObligation, unlistOpen } from '../obligationChange.js';
import { internalSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** What is owed goes over to another creditor: a claim came back to the party that sold it. */
export const assignObligation = internalCommand({
  callers: ['receivable'],
  params: internalSchemas.assign_obligation,
  verify: (context, { id, creditor }) => {
    const found = context.get(obligations, id);
    if (found === undefined) return status('reference_not_found');
    if (found.debtor === creditor) return status('parties_must_differ');
    return found.former.length >= limits.formerCreditorsMax ? status('bound_exceeded') : OK;
  },
  execute: (context, { id, creditor }) => {
    const before = obligationToChange(context, id);
    unlistOpen(context, before);
    const others = before.former.filter((one) => one.party !== creditor);
    const former = [...others, { party: before.creditor }];
    return saveObligation(context, { ...before, creditor, former });
  },
});
