import { isOk } from '@triflow/protocol';
import { encumbranceProblem } from '../../lien/internal.js';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { alignLot, carry } from '../goodsFlow.js';
import { holderProblem } from '../guards.js';
import { findReceipt } from '../internal.js';
import { pendingStateOf } from '../lifecycle.js';
import {
  holdReceipt,
  listReceipts,
  loadLot,
  loadReceipt,
  saveLot,
  saveReceipt,
  unreceipt,
} from '../records.js';
import { commandSchemas } from '../schema.js';
import { assignSlots } from '../slots.js';
import { status } from '../statusCodes.js';

/** Holder and keeper undo a receipt: its goods stay in the lot, under no receipt. */
export const cancel = countersigned({
  who: 'anyone',
  params: commandSchemas.cancel,
  object: (params) => params.id,
  signers: (context, params) => [loadReceipt(context, params.id).warehouse],
  verify: (context, params, phase) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    const { expectedVersion } = params;
    return firstProblem(
      () => holderProblem(context, receipt, { phase, states: ['FREE'], expectedVersion }),
      () => encumbranceProblem(context, receipt.id),
    );
  },
  hold: holdReceipt(pendingStateOf.cancel),
  execute: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    const lot = unreceipt(loadLot(context, receipt.lot), receipt.quantity, true);
    saveLot(context, lot);
    assignSlots(context, lot, receipt.slots, undefined);
    listReceipts(context, lot.id, { closed: [receipt.id] });
    const { version, state } = saveReceipt(context, { ...receipt, state: 'CANCELLED' });
    context.emit('receipt.cancelled', receipt.id, { version, state });
    const { id: from, quantity } = receipt;
    const back = carry(context, { from, to: lot.id, quantity });
    return isOk(back) ? alignLot(context, lot) : back;
  },
});
