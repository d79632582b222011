import { limits, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { hasLicenceFor } from '../internal.js';
import { parties } from '../keys.js';
import { governorsProblem, partyToChange, putParty } from '../partyChange.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A GOVERNOR gives a party a role that it does not have. */
export const grantRole = command({
  who: ['GOVERNOR'],
  params: commandSchemas.grant_role,
  verify: (context, params) => {
    const party = context.get(parties, params.id);
    if (party === undefined) return status('object_not_found');
    if (!versionIs(party, params.expectedVersion)) return status('object_version_is_stale');
    if (party.state !== 'ACTIVE' || party.roles.includes(params.role)) {
      return status('state_forbids_command');
    }
    if (party.roles.length >= limits.rolesPerPartyMax) return status('bound_exceeded');
    const licensed = hasLicenceFor(context, params.role, party.licences);
    if (!licensed) return status('licence_missing_or_expired');
    const roles = [...party.roles, params.role];
    return governorsProblem(context, params.id, { ...party, roles });
  },
  execute: (context, { id, role }) => {
    const party = partyToChange(context, id);
    const version = party.version + 1;
    const roles = [...party.roles, role];
    putParty(context, { ...party, roles, version });
    context.emit('role.changed', id, { version, roles });
    return OK;
  },
});
