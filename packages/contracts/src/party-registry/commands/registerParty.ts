import { partyIdProblem } from '@triflow/epcis';
import { hexFromBytes, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { hasLicenceFor, publicKeyProblem } from '../internal.js';
import { keyOwners, parties, partyKeys } from '../keys.js';
import { governorsProblem, putParty } from '../partyChange.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A GOVERNOR admits a party with its first key. */
export const registerParty = command({
  who: ['GOVERNOR'],
  params: commandSchemas.register_party,
  verify: (context, params) => {
    if (context.get(parties, params.id) !== undefined) return status('id_already_exists');
    if (partyIdProblem(params.id) !== undefined) return status('party_id_check_failed');
    const licences = params.licences ?? [];
    if (!params.roles.every((role) => hasLicenceFor(context, role, licences))) {
      return status('licence_missing_or_expired');
    }
    const { id, roles } = params;
    const key = publicKeyProblem(context, params.key.publicKey);
    return key ?? governorsProblem(context, id, { state: 'ACTIVE', roles });
  },
  execute: (context, params) => {
    const { id, name, roles, sizeClass, key, licences = [] } = params;
    putParty(context, {
      id,
      name,
      roles: [...new Set(roles)],
      sizeClass,
      state: 'ACTIVE',
      keyIds: [key.keyId],
      licences,
      registeredAt: context.timeMs,
      version: 1,
    });
    context.put(partyKeys, [id, key.keyId], {
      party: id,
      ...key,
      fromHeight: context.height + 1,
    });
    context.put(keyOwners, [hexFromBytes(key.publicKey)], { party: id });
    context.emit('party.registered', id, { version: 1, name, roles, sizeClass, state: 'ACTIVE' });
    context.emit('key.added', id, { version: 1, keyId: key.keyId });
    return OK;
  },
});
