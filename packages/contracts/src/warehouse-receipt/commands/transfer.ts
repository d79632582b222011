import { OK, type PartyId, type ReadContext, type Status } from '@triflow/protocol';
import { firstProblem } from '../../params.js';
import { isActive } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { holderProblem } from '../guards.js';
import { findReceipt } from '../internal.js';
import { pendingStateOf } from '../lifecycle.js';
import { holdReceipt, loadReceipt, saveReceipt } from '../records.js';
import { notedSale } from '../repurchase.js';
import { commandSchemas, type Receipt } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * Endorsement (910): holder, lender if PLEDGED, new holder, and last the keeper, whose signature
 * makes it good. A pledge stays on the receipt and is the new holder's burden.
 */
export const transfer = countersigned({
  who: 'anyone',
  params: commandSchemas.transfer,
  object: (params) => params.id,
  signers: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    const lender = receipt.lender === undefined ? [] : [receipt.lender];
    return [...lender, params.to, receipt.warehouse];
  },
  verify: (context, params, phase) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    const { expectedVersion } = params;
    return firstProblem(
      () =>
        holderProblem(context, receipt, { phase, states: ['FREE', 'PLEDGED'], expectedVersion }),
      () => receiverProblem(context, receipt, params.to),
    );
  },
  hold: holdReceipt(pendingStateOf.transfer),
  execute: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    const { version } = saveReceipt(context, {
      ...receipt,
      holder: params.to,
      heldSince: context.timeMs,
    });
    const back = notedSale(context, receipt, { to: params.to, price: params.price });
    const flags = back ? ['repurchase_pattern'] : [];
    const facts = { version, holder: params.to, formerHolder: receipt.holder, flags };
    context.emit('receipt.transferred', params.id, facts);
    return OK;
  },
});

/** A pledgee takes pledged goods only by an agreement after default (401, 428; F6). */
function receiverProblem(context: ReadContext, receipt: Receipt, to: PartyId): Status {
  if (!isActive(context, to)) return status('party_not_active');
  if (to === receipt.holder) return status('self_transfer_forbidden');
  if (to === receipt.warehouse) return status('issuer_cannot_hold');
  return to === receipt.lender ? status('forfeiture_forbidden') : OK;
}
