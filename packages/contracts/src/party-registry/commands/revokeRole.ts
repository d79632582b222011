import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { parties } from '../keys.js';
import { governorsProblem, partyToChange, putParty } from '../partyChange.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A GOVERNOR takes a role back; what the party did with it stands. */
export const revokeRole = command({
  who: ['GOVERNOR'],
  params: commandSchemas.revoke_role,
  verify: (context, params) => {
    const party = context.get(parties, params.id);
    if (party === undefined) return status('object_not_found');
    if (!versionIs(party, params.expectedVersion)) return status('object_version_is_stale');
    if (party.state !== 'ACTIVE' || !party.roles.includes(params.role)) {
      return status('state_forbids_command');
    }
    const roles = party.roles.filter((one) => one !== params.role);
    return governorsProblem(context, params.id, { ...party, roles });
  },
  execute: (context, { id, role }) => {
    const party = partyToChange(context, id);
    const version = party.version + 1;
    const roles = party.roles.filter((one) => one !== role);
    putParty(context, { ...party, roles, version });
    context.emit('role.changed', id, { version, roles });
    return OK;
  },
});
