import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { ownAlertProblem } from '../alertGuards.js';
import { moveAlert } from '../alertRecord.js';
import { commandSchemas } from '../schema.js';

/** Who owns the duty closes the alert, with evidence of what was done. */
export const resolve = command({
  who: 'verified',
  params: commandSchemas.resolve,
  verify: (context, { id, expectedVersion }) =>
    ownAlertProblem(context, id, expectedVersion, ['RAISED', 'ACKED', 'ESCALATED']),
  execute: (context, { id, evidence }) => {
    const closed = { by: context.sender, at: context.timeMs, evidence };
    moveAlert(context, id, 'resolved', { state: 'RESOLVED', closed });
    return OK;
  },
});
