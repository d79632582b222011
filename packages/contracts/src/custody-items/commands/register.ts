import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findParty } from '../../party-registry/internal.js';
import { isKnownObject } from '../businessObject.js';
import { findItem, findVault } from '../internal.js';
import { items, rfids } from '../keys.js';
import { commandSchemas, type Item } from '../schema.js';
import { status } from '../statusCodes.js';

/** The vault's keeper announces an item with what it is, whose, and what it belongs to (K4). */
export const register = command({
  who: ['KEEPER'],
  params: commandSchemas.register,
  verify: (context, { id, owner, vault, rfid, linkedTo }) => {
    const taken = findItem(context, id) !== undefined || findVault(context, id) !== undefined;
    if (taken) return status('id_already_exists');
    const found = findVault(context, vault);
    if (found === undefined) return status('reference_not_found');
    if (found.keeper !== context.sender) return status('signer_not_party_to_object');
    if (findParty(context, owner) === undefined) return status('reference_not_found');
    if (context.get(rfids, rfid) !== undefined) return status('rfid_is_taken');
    return isKnownObject(context, linkedTo) ? OK : status('reference_not_found');
  },
  execute: (context, params) => {
    const { id, rfid } = params;
    const registeredAt = context.timeMs;
    const item: Item = { ...params, state: 'PENDING_IN', movements: 0, registeredAt, version: 1 };
    context.put(items, [id], item);
    context.put(rfids, [rfid], { item: id });
    context.emit('item.registered', id, { ...params, state: 'PENDING_IN', version: 1 });
    return OK;
  },
});
