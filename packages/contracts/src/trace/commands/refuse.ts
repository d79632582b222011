import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { pendingTable } from '../../pending.js';
import { addStep, custodyOf, restoreCustody } from '../custodyChange.js';
import { custodies } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

const { pending } = pendingTable('trace');

/** The receiver of an open hand-over refuses the goods and says why. */
export const refuse = command({
  who: 'anyone',
  params: commandSchemas.refuse,
  verify: (context, { id, pendingId }) => {
    const custody = context.get(custodies, id);
    if (custody === undefined) return status('object_not_found');
    if (custody.pendingId !== pendingId) return status('pending_not_found');
    return custody.receiver === context.sender ? OK : status('signer_not_party_to_object');
  },
  execute: (context, { id, pendingId, reason }) => {
    const giver = custodyOf(context, id).custodian;
    const receiver = context.sender;
    context.remove(pending, id, pendingId);
    const held = restoreCustody(context, id);
    addStep(context, held, { kind: 'refuse', giver, receiver, events: [], reason });
    const data = { version: held.version, giver, receiver, reason };
    context.emit('custody.refused', id, { ...data, state: 'HELD' });
    return OK;
  },
});
