import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { findReceipt, isStopped } from '../internal.js';
import { endPledges, loadReceipt } from '../records.js';
import { internalSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A facility lets receipts go: their liens end and they are FREE. */
export const releasePledges = internalCommand({
  callers: ['pledge-facility'],
  params: internalSchemas.release_pledges,
  verify: (context, params) => {
    for (const id of params.ids) {
      const receipt = findReceipt(context, id);
      if (receipt === undefined) return status('object_not_found');
      if (isStopped(context, receipt)) return status('object_is_frozen');
      if (receipt.state !== 'PLEDGED') return status('receipt_not_pledged');
    }
    return OK;
  },
  execute: (context, params) =>
    endPledges(
      context,
      params.ids.map((id) => loadReceipt(context, id)),
    ),
});
