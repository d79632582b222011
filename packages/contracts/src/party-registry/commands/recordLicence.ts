import { limits, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { clearRecordAlert } from '../../monitoring/internal.js';
import { parties } from '../keys.js';
import { partyToChange } from '../partyChange.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A GOVERNOR records a licence that it has seen; a renewal is a new record and ends DOC_EXPIRY. */
export const recordLicence = command({
  who: ['GOVERNOR'],
  params: commandSchemas.record_licence,
  verify: (context, { id, licence }) => {
    const party = context.get(parties, id);
    if (party === undefined) return status('object_not_found');
    if (party.licences.length >= limits.licencesPerPartyMax) return status('bound_exceeded');
    const known = party.licences.some(
      (one) =>
        one.kind === licence.kind &&
        one.number === licence.number &&
        one.validTo === licence.validTo,
    );
    return known ? status('licence_already_recorded') : OK;
  },
  execute: (context, { id, licence }) => {
    const party = partyToChange(context, id);
    const version = party.version + 1;
    context.put(parties, [id], { ...party, licences: [...party.licences, licence], version });
    context.emit('licence.recorded', id, { version, licence });
    return licence.validTo < context.day
      ? OK
      : clearRecordAlert(context, 'DOC_EXPIRY', id, licence.kind);
  },
});
