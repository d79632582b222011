import { OK, type ReadContext } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { proposals } from '../keys.js';
import type { GovernedContract } from '../parameterChange.js';
import { changeProblem } from '../proposalChange.js';
import { type Change, commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { standingSet } from '../validatorChange.js';

/** A GOVERNOR puts a change to the vote; what could not be made now is refused at once. */
export function propose(governed: readonly GovernedContract[]) {
  return command({
    who: ['GOVERNOR'],
    params: commandSchemas.propose,
    verify: (context, { id, change, activateAt }) => {
      if (context.get(proposals, id) !== undefined) return status('id_already_exists');
      const late = activateAt !== undefined && activateAt < context.height + 2;
      if (late) return status('deadline_has_passed');
      return changeProblem(context, governed, change);
    },
    execute: (context, { id, change, activateAt }) => {
      const closesAt = context.timeMs + context.parameter<number>('votingPeriodMs');
      const seatKey = seatKeyOf(context, change);
      context.put(proposals, [id], {
        id,
        change,
        ...(seatKey === undefined ? {} : { seatKey }),
        proposer: context.sender,
        proposedAt: context.timeMs,
        closesAt,
        ...(activateAt === undefined ? {} : { activateAt }),
        votes: [],
        state: 'OPEN',
        version: 1,
      });
      context.emit('proposal.opened', id, { version: 1, kind: change.kind, closesAt });
      return OK;
    },
  });
}

/** A removed validator may come back under its name; a vote against the old one is not for it. */
function seatKeyOf(context: ReadContext, change: Change): Uint8Array | undefined {
  if (change.kind !== 'remove_validator' && change.kind !== 'rekey_validator') return undefined;
  return standingSet(context).find((one) => one.id === change.body.validator)?.publicKey;
}
