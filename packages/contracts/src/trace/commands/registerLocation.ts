import { hasCheckDigit } from '@triflow/epcis';
import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { locations } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A party says that a GLN is one of its own, so that it stands in events that name the place. */
export const registerLocation = command({
  who: 'anyone',
  params: commandSchemas.register_location,
  verify: (context, { gln }) => {
    if (!hasCheckDigit(gln)) return status('gln_check_failed');
    const taken = context.get(locations, gln) !== undefined;
    return taken ? status('location_already_registered') : OK;
  },
  execute: (context, { gln }) => {
    const party = context.sender;
    context.put(locations, [gln], { gln, party, registeredAt: context.timeMs });
    context.emit('location.registered', gln, { version: 1, party });
    return OK;
  },
});
