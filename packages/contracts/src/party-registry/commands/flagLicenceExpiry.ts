import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { raiseRecordAlert } from '../../monitoring/internal.js';
import { lapsedLicences } from '../internal.js';
import { parties } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** Anyone says that a licence of a party has ended unrenewed: DOC_EXPIRY (domain 3.10). */
export const flagLicenceExpiry = command({
  who: 'anyone',
  params: commandSchemas.flag_licence_expiry,
  verify: (context, { id, kind }) => {
    const party = context.get(parties, id);
    if (party === undefined) return status('object_not_found');
    if (!party.licences.some((one) => one.kind === kind)) return status('reference_not_found');
    return lapsedLicences(party, context.day).includes(kind) ? OK : status('deadline_not_reached');
  },
  execute: (context, { id, kind }) =>
    raiseRecordAlert(context, { kind: 'DOC_EXPIRY', asset: id, owner: id, episode: kind }),
});
