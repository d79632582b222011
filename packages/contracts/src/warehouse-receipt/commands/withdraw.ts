import { OK, powerOfTen, type Quantity, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { freeAt } from '../../lien/internal.js';
import { criticalAlertProblem } from '../../monitoring/internal.js';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { collectionProblem, releaseProblem } from '../../pledge-facility/internal.js';
import { quantityAtScale } from '../../quantityAtScale.js';
import { isStatus } from '../../status.js';
import { goodsProblem, lenderAndKeeper, pledgeeProblem } from '../guards.js';
import { findReceipt } from '../internal.js';
import { tokens } from '../keys.js';
import { pendingStateOf } from '../lifecycle.js';
import { openCover } from '../monitoringCalls.js';
import { entitlement } from '../overIssue.js';
import { holdReceipt, loadLot, loadReceipt, openState, saveReceipt } from '../records.js';
import { commandSchemas, type Receipt, type ReleaseToken } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.withdraw>;

/**
 * The holder asks for goods; the lender agrees if they are pledged, and the keeper's signature
 * issues a single-use token for the gate (E5). Until it is used or expires nothing else happens.
 * Goods due before the debt the pledgee may collect without the holder (442).
 */
export const withdraw = countersigned({
  who: 'anyone',
  params: commandSchemas.withdraw,
  object: (params) => params.id,
  signers: (context, params) => {
    const signers = lenderAndKeeper(context, params);
    return params.byPledgee === true ? signers.slice(-1) : signers;
  },
  verify: (context, params, phase) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    const { expectedVersion, byPledgee = false } = params;
    const opened = { phase, expectedVersion };
    return firstProblem(
      () => (byPledgee ? pledgeeProblem : goodsProblem)(context, receipt, opened),
      () => quantityProblem(receipt, params),
      () => shareProblem(context, receipt, params),
      () => slotsProblem(receipt, params),
      () => (params.validTo > context.timeMs ? OK : status('deadline_has_passed')),
      () => coverProblem(context, receipt, params),
      () => heldProblem(context, receipt, params),
      () => criticalAlertProblem(context, receipt.id, receipt.lot),
    );
  },
  hold: holdReceipt(pendingStateOf.withdraw),
  execute: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    const quantity = quantityAtScale(receipt.quantity, params.quantity);
    if (isStatus(quantity)) return quantity;
    const { vehicle, driverRef, validTo, sale, byPledgee = false } = params;
    const collectedBy = byPledgee ? receipt.lender : undefined;
    const number = receipt.tokensIssued + 1;
    const pieces = params.pieces ?? 0;
    const { version } = saveReceipt(context, {
      ...receipt,
      state: 'WITHDRAWING',
      formerState: openState(receipt),
      token: number,
      tokensIssued: number,
    });
    const slots = params.slots ?? (isAll(receipt, quantity) ? receipt.slots : []);
    const token: ReleaseToken = {
      receipt: receipt.id,
      number,
      quantity,
      pieces,
      vehicle,
      driverRef,
      validTo,
      sale,
      slots,
      collectedBy,
      state: 'VALID',
      issuedAt: context.timeMs,
    };
    context.put(tokens, [receipt.id, String(number)], token);
    const facts = { version, state: 'WITHDRAWING', token: number, quantity, vehicle, validTo };
    context.emit('receipt.withdrawal_opened', receipt.id, {
      ...facts,
      collectedBy: collectedBy ?? null,
    });
    return openCover(context, receipt, token);
  },
});

function quantityProblem(receipt: Receipt, params: Params): Status {
  const quantity = quantityAtScale(receipt.quantity, params.quantity);
  if (isStatus(quantity)) return quantity;
  const all = quantity.value === receipt.quantity.value;
  const pieces = params.pieces ?? 0;
  const { pieces: held } = receipt.items.goods;
  const fits = quantity.value <= receipt.quantity.value && (all ? pieces === held : pieces <= held);
  return fits ? OK : status('quantity_exceeds_receipt');
}

/** From a lot that is short nobody takes more than the receipt's share of what is there. */
function shareProblem(context: ReadContext, receipt: Receipt, params: Params): Status {
  const { short } = loadLot(context, receipt.lot);
  const quantity = quantityAtScale(receipt.quantity, params.quantity);
  if (short === undefined || isStatus(quantity)) return OK;
  return quantity.value <= entitlement(receipt, short) ? OK : status('lot_is_short');
}

/** A part of an identified lot leaves from slots that are named, and leaves some. */
function slotsProblem(receipt: Receipt, params: Params): Status {
  const { slots } = params;
  if (slots === undefined) return OK;
  const own = slots.every((slot) => receipt.slots.includes(slot));
  return own ? OK : status('slot_not_in_lot');
}

function isAll(receipt: Receipt, quantity: Quantity): boolean {
  return quantity.value === receipt.quantity.value;
}

/**
 * What stays pledged must still cover the debt (F3). What the pledgee itself collects goes into
 * its hands, to prepay the debt or be deposited: only its day must have come (442).
 */
function coverProblem(context: ReadContext, receipt: Receipt, params: Params): Status {
  if (receipt.facility === undefined) return OK;
  const due = receipt.items.storagePeriod.to;
  if (params.byPledgee === true) return collectionProblem(context, receipt.facility, due);
  const quantity = quantityAtScale(receipt.quantity, params.quantity);
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
