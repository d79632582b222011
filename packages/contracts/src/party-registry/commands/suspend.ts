import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { parties } from '../keys.js';
import { governorsProblem, partyToChange, putParty } from '../partyChange.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A GOVERNOR or REGULATOR stops a party from signing; evidence and records stay. */
export const suspend = command({
  who: ['GOVERNOR', 'REGULATOR'],
  params: commandSchemas.suspend,
  verify: (context, params) => {
    const party = context.get(parties, params.id);
    if (party === undefined) return status('object_not_found');
    if (!versionIs(party, params.expectedVersion)) return status('object_version_is_stale');
    if (party.state !== 'ACTIVE') return status('state_forbids_command');
    return governorsProblem(context, params.id, { ...party, state: 'SUSPENDED' });
  },
  execute: (context, { id }) => {
    const party = partyToChange(context, id);
    const version = party.version + 1;
    putParty(context, { ...party, state: 'SUSPENDED', version });
    context.emit('party.suspended', id, { version, state: 'SUSPENDED' });
    return OK;
  },
});
