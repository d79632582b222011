import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { proposals } from '../keys.js';
import { endProposal, proposalToChange } from '../proposalChange.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** Anyone ends a proposal that was neither decided nor activated in its time (R5). */
export const expireProposal = command({
  who: 'anyone',
  params: commandSchemas.expire_proposal,
  verify: (context, { id }) => {
    const proposal = context.get(proposals, id);
    if (proposal === undefined) return status('object_not_found');
    const { state, closesAt, passed, inForceFrom } = proposal;
    if (state === 'OPEN') {
      return context.timeMs > closesAt ? OK : status('deadline_not_reached');
    }
    // What is in force from a height waits for nobody.
    if (state !== 'PASSED' || passed === undefined || inForceFrom !== undefined) {
      return status('state_forbids_command');
    }
    const until = passed.at + context.parameter<number>('activationPeriodMs');
    return context.timeMs > until ? OK : status('deadline_not_reached');
  },
  execute: (context, { id }) => {
    endProposal(context, proposalToChange(context, id), { state: 'EXPIRED' });
    return OK;
  },
});
