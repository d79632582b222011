import { defined, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { versionIs } from '../../params.js';
import { isPartyOrGovernor } from '../internal.js';
import { parties, partyKeys } from '../keys.js';
import { partyToChange } from '../partyChange.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A key no longer signs from the next height; the party keeps at least one. */
export const revokeKey = command({
  who: 'verified',
  params: commandSchemas.revoke_key,
  verify: (context, params) => {
    const party = context.get(parties, params.id);
    if (party === undefined) return status('object_not_found');
    if (!isPartyOrGovernor(context, params.id)) return status('signer_not_party_to_object');
    if (!versionIs(party, params.expectedVersion)) return status('object_version_is_stale');
    if (!party.keyIds.includes(params.keyId)) return status('party_key_not_found');
    return party.keyIds.length === 1 ? status('last_key_cannot_be_revoked') : OK;
  },
  execute: (context, params) => {
    const { id, keyId } = params;
    const party = partyToChange(context, id);
    const key = defined(context.get(partyKeys, id, keyId), 'revoke_key: a listed key exists');
    const version = party.version + 1;
    const toHeight = context.height + 1;
    const keyIds = party.keyIds.filter((one) => one !== keyId);
    context.put(parties, [id], { ...party, keyIds, version });
    context.put(partyKeys, [id, keyId], { ...key, toHeight });
    context.emit('key.revoked', id, { version, keyId, toHeight });
    return OK;
  },
});
