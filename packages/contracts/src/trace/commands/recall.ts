import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { hasRole } from '../../party-registry/internal.js';
import { tracedLots } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { lotToChange } from '../tracedLot.js';
import { findTracedLot } from '../unitRecords.js';

/** The maker or a REGULATOR recalls a lot: one mark, from which every descendant follows (V 73). */
export const recall = command({
  who: 'anyone',
  params: commandSchemas.recall,
  verify: (context, { id }) => {
    const lot = findTracedLot(context, id);
    if (lot === undefined) return status('object_not_found');
    const { sender } = context;
    const may = lot.maker === sender || hasRole(context, sender, 'REGULATOR');
    if (!may) return status('signer_not_party_to_object');
    return lot.recall === undefined ? OK : status('lot_already_recalled');
  },
  execute: (context, { id, reason, evidence }) => {
    const lot = lotToChange(context, id);
    const version = lot.version + 1;
    const mark = { by: context.sender, reason, evidence, at: context.timeMs };
    context.put(tracedLots, [id], { ...lot, recall: mark, version });
    context.emit('lot.recalled', id, { version, by: mark.by, reason, evidence });
    return OK;
  },
});
