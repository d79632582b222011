import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { moveAlert } from '../alertRecord.js';
import { alerts } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** Anyone: nobody took the alert on, or nobody resolved it, by its deadline. */
export const escalate = command({
  who: 'anyone',
  params: commandSchemas.escalate,
  verify: (context, { id }) => {
    const alert = context.get(alerts, id);
    if (alert === undefined) return status('object_not_found');
    if (alert.state !== 'RAISED' && alert.state !== 'ACKED') return status('state_forbids_command');
    const deadline = alert.state === 'RAISED' ? alert.ackBy : alert.resolveBy;
    return context.timeMs > deadline ? OK : status('deadline_not_reached');
  },
  execute: (context, { id }) => {
    moveAlert(context, id, 'escalated', { state: 'ESCALATED', escalatedAt: context.timeMs });
    return OK;
  },
});
