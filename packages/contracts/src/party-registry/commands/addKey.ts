import { hexFromBytes, limits, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isPartyOrGovernor, publicKeyProblem } from '../internal.js';
import { keyOwners, parties, partyKeys } from '../keys.js';
import { partyToChange } from '../partyChange.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A party gets one more key; it signs from the next height. A key id never comes back. */
export const addKey = command({
  who: 'verified',
  params: commandSchemas.add_key,
  verify: (context, params) => {
    const party = context.get(parties, params.id);
    if (party === undefined) return status('object_not_found');
    if (!isPartyOrGovernor(context, params.id)) return status('signer_not_party_to_object');
    if (party.state !== 'ACTIVE') return status('state_forbids_command');
    if (party.keyIds.length >= limits.keysPerPartyMax) return status('bound_exceeded');
    if (context.get(partyKeys, params.id, params.keyId) !== undefined) {
      return status('id_already_exists');
    }
    return publicKeyProblem(context, params.publicKey) ?? OK;
  },
  execute: (context, params) => {
    const { id, ...key } = params;
    const { keyId, publicKey } = key;
    const party = partyToChange(context, id);
    const version = party.version + 1;
    context.put(parties, [id], { ...party, keyIds: [...party.keyIds, keyId], version });
    const fromHeight = context.height + 1;
    context.put(partyKeys, [id, keyId], { party: id, ...key, fromHeight });
    context.put(keyOwners, [hexFromBytes(publicKey)], { party: id });
    context.emit('key.added', id, { version, keyId, fromHeight });
    return OK;
  },
});
