import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { isActive } from '../../party-registry/internal.js';
import { findVault } from '../internal.js';
import { persons } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The vault's auditor says which person signs as a party there; only the hash is kept. */
export const enrol = command({
  who: ['AUDITOR'],
  params: commandSchemas.enrol,
  verify: (context, { vault, party }) => {
    const found = findVault(context, vault);
    if (found === undefined) return status('object_not_found');
    if (found.auditor !== context.sender) return status('signer_not_party_to_object');
    if (found.pending !== undefined) return status('object_has_pending_command');
    return isActive(context, party) ? OK : status('party_not_active');
  },
  execute: (context, { vault, party, personRef }) => {
    const enrolledAt = context.timeMs;
    context.put(persons, [vault, party], { vault, party, personRef, enrolledAt });
    context.emit('person.enrolled', vault, { party, personRef });
    return OK;
  },
});
