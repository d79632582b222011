import { limits, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { proposals } from '../keys.js';
import type { GovernedContract } from '../parameterChange.js';
import { endProposal, isCarried, isLost, pass, proposalToChange } from '../proposalChange.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A GOVERNOR says yes or no, once; more than two thirds of the active ones carry it. */
export function vote(governed: readonly GovernedContract[]) {
  return command({
    who: ['GOVERNOR'],
    params: commandSchemas.vote,
    verify: (context, { id }) => {
      const proposal = context.get(proposals, id);
      if (proposal === undefined) return status('object_not_found');
      if (proposal.state !== 'OPEN') return status('state_forbids_command');
      if (context.timeMs > proposal.closesAt) return status('deadline_has_passed');
      const voted = proposal.votes.some((one) => one.governor === context.sender);
      if (voted) return status('vote_already_cast');
      // Those who governed and left have their places, too.
      return proposal.votes.length < limits.governorsMax ? OK : status('bound_exceeded');
    },
    execute: (context, { id, yes }) => {
      const before = proposalToChange(context, id);
      const votes = [...before.votes, { governor: context.sender, yes }];
      const proposal = { ...before, votes };
      context.emit('proposal.voted', id, { version: before.version + 1, yes });
      if (isCarried(context, votes)) pass(context, governed, proposal);
      else if (isLost(context, votes)) endProposal(context, proposal, { state: 'REJECTED' });
      else endProposal(context, proposal, { state: 'OPEN' });
      return OK;
    },
  });
}
