import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { hasRole } from '../../party-registry/internal.js';
import { locations } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The party gives a GLN up, or a GOVERNOR takes a wrongly registered one away. */
export const releaseLocation = command({
  who: 'anyone',
  params: commandSchemas.release_location,
  verify: (context, { gln }) => {
    const found = context.get(locations, gln);
    if (found === undefined) return status('object_not_found');
    const { sender } = context;
    const allowed = found.party === sender || hasRole(context, sender, 'GOVERNOR');
    return allowed ? OK : status('signer_not_party_to_object');
  },
  execute: (context, { gln }) => {
    context.remove(locations, gln);
    context.emit('location.released', gln, { version: 2, by: context.sender });
    return OK;
  },
});
