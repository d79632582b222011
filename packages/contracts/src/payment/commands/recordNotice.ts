import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { obligations } from '../keys.js';
import { obligationToChange, saveObligation } from '../obligationChange.js';
import { internalSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The debtor had notice of who is its creditor now; the first notice counts (546; CI 48, 50). */
export const recordNotice = internalCommand({
  callers: ['receivable'],
  params: internalSchemas.record_notice,
  verify: (context, { id }) =>
    context.get(obligations, id) === undefined ? status('reference_not_found') : OK,
  execute: (context, { id, at }) => {
    const before = obligationToChange(context, id);
    const former = before.former.map((one) => ({ ...one, noticeAt: one.noticeAt ?? at }));
    return saveObligation(context, { ...before, former });
  },
});
