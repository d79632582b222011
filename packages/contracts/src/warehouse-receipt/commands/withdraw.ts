import { OK, powerOfTen, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { freeAt } from '../../lien/internal.js';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { releaseProblem } from '../../pledge-facility/internal.js';
import { isStatus } from '../../status.js';
import { holderProblem } from '../guards.js';
import { findReceipt } from '../internal.js';
import { tokens } from '../keys.js';
import { pendingStateOf } from '../lifecycle.js';
import { quantityAtScaleOf } from '../quantities.js';
import { holdReceipt, loadReceipt, openState, saveReceipt } from '../records.js';
import { commandSchemas, type Receipt } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.withdraw>;

/**
 * The holder asks for goods; the lender agrees if they are pledged, and the keeper's signature
 * issues a single-use token for the gate (E5). Until it is used or expires nothing else happens.
 */
export const withdraw = countersigned({
  who: 'anyone',
  params: commandSchemas.withdraw,
  object: (params) => params.id,
  signers: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    return [...(receipt.lender === undefined ? [] : [receipt.lender]), receipt.warehouse];
  },
  verify: (context, params, phase) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    const { expectedVersion } = params;
    return firstProblem(
      () =>
        holderProblem(context, receipt, { phase, states: ['FREE', 'PLEDGED'], expectedVersion }),
      () => (receipt.feeDue === undefined ? OK : status('storage_fee_due')),
      () => quantityProblem(receipt, params),
      () => (params.validTo > context.timeMs ? OK : status('deadline_has_passed')),
      () => coverProblem(context, receipt, params),
      () => heldProblem(context, receipt, params),
    );
  },
  hold: holdReceipt(pendingStateOf.withdraw),
  execute: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    const quantity = quantityAtScaleOf(receipt.quantity, params.quantity);
    if (isStatus(quantity)) return quantity;
    const { vehicle, driverRef, validTo, sale } = params;
    const number = receipt.tokensIssued + 1;
    const pieces = params.pieces ?? 0;
    const { version } = saveReceipt(context, {
      ...receipt,
      state: 'WITHDRAWING',
      formerState: openState(receipt),
      token: number,
      tokensIssued: number,
    });
    context.put(tokens, [receipt.id, String(number)], {
      receipt: receipt.id,
      number,
      quantity,
      pieces,
      vehicle,
      driverRef,
      validTo,
      sale,
      state: 'VALID',
      issuedAt: context.timeMs,
    });
    const facts = { version, state: 'WITHDRAWING', token: number, quantity, vehicle, validTo };
    context.emit('receipt.withdrawal_opened', receipt.id, facts);
    return OK;
  },
});

function quantityProblem(receipt: Receipt, params: Params): Status {
  const quantity = quantityAtScaleOf(receipt.quantity, params.quantity);
  if (isStatus(quantity)) return quantity;
  const all = quantity.value === receipt.quantity.value;
  const pieces = params.pieces ?? 0;
  const { pieces: held } = receipt.items.goods;
  const fits = quantity.value <= receipt.quantity.value && (all ? pieces === held : pieces <= held);
  return fits ? OK : status('quantity_exceeds_receipt');
}

/** What stays pledged must still cover the debt (F3). */
function coverProblem(context: ReadContext, receipt: Receipt, params: Params): Status {
  if (receipt.facility === undefined) return OK;
  const quantity = quantityAtScaleOf(receipt.quantity, params.quantity);
  if (isStatus(quantity)) return quantity;
  const remaining = receipt.quantity.value - quantity.value;
  return releaseProblem(context, receipt.facility, { asset: receipt.id, remaining });
}

/** Goods that an earlier stage's financing holds leave only to a sale, which it follows (L1). */
function heldProblem(context: ReadContext, receipt: Receipt, params: Params): Status {
  if (params.sale !== undefined || receipt.lien !== undefined) return OK;
  const free = freeAt(context, receipt.id);
  if (free === undefined) return OK;
  const { value, scale } = params.quantity;
  const fits = value * powerOfTen(free.scale) <= free.value * powerOfTen(scale);
  return fits ? OK : status('already_financed');
}
