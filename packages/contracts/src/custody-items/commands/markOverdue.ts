import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { raiseRecordAlert } from '../../monitoring/internal.js';
import { findItem, findVault } from '../internal.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** Anyone says that an item is not back by its day: DOC_EXPIRY is raised on it. */
export const markOverdue = command({
  who: 'anyone',
  params: commandSchemas.mark_overdue,
  verify: (context, { id }) => {
    const item = findItem(context, id);
    if (item === undefined) return status('object_not_found');
    if (item.checkedOut === undefined) return status('state_forbids_command');
    return context.day > item.checkedOut.due ? OK : status('deadline_not_reached');
  },
  execute: (context, { id }) => {
    const item = findItem(context, id);
    const owner = item === undefined ? undefined : findVault(context, item.vault)?.keeper;
    if (item?.checkedOut === undefined || owner === undefined) return status('object_not_found');
    const { to, due } = item.checkedOut;
    context.emit('item.overdue', id, { version: item.version, to, due });
    return raiseRecordAlert(context, { kind: 'DOC_EXPIRY', asset: id, owner, refs: [to] });
  },
});
