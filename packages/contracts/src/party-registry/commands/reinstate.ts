import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { parties } from '../keys.js';
import { governorsProblem, partyToChange, putParty } from '../partyChange.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A GOVERNOR or REGULATOR lets a suspended party sign again. */
export const reinstate = command({
  who: ['GOVERNOR', 'REGULATOR'],
  params: commandSchemas.reinstate,
  verify: (context, params) => {
    const party = context.get(parties, params.id);
    if (party === undefined) return status('object_not_found');
    if (!versionIs(party, params.expectedVersion)) return status('object_version_is_stale');
    if (party.state !== 'SUSPENDED') return status('state_forbids_command');
    return governorsProblem(context, params.id, { ...party, state: 'ACTIVE' });
  },
  execute: (context, { id }) => {
    const party = partyToChange(context, id);
    const version = party.version + 1;
    putParty(context, { ...party, state: 'ACTIVE', version });
    context.emit('party.reinstated', id, { version, state: 'ACTIVE' });
    return OK;
  },
});
