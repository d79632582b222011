import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { ownAlertProblem } from '../alertGuards.js';
import { moveAlert } from '../alertRecord.js';
import { commandSchemas } from '../schema.js';

/** Who owns the duty takes it on. */
export const acknowledge = command({
  who: 'verified',
  params: commandSchemas.acknowledge,
  verify: (context, { id, expectedVersion }) =>
    ownAlertProblem(context, id, expectedVersion, ['RAISED']),
  execute: (context, { id }) => {
    const acknowledged = { by: context.sender, at: context.timeMs };
    moveAlert(context, id, 'acknowledged', { state: 'ACKED', acknowledged });
    return OK;
  },
});
