import { limits, OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { encumbranceProblem } from '../../lien/internal.js';
import { firstProblem } from '../../params.js';
import { findParty, isActive } from '../../party-registry/internal.js';
import { changedBy, quantityAtScale } from '../../quantityAtScale.js';
import { isStatus } from '../../status.js';
import { carry } from '../goodsFlow.js';
import { findLot, findReceipt, isFrozen } from '../internal.js';
import { receipts } from '../keys.js';
import { listReceipts, loadLot, saveLot } from '../records.js';
import { commandSchemas, type Lot, type StatutoryItems } from '../schema.js';
import { assignSlots, slotsOfReceipt } from '../slots.js';
import { status } from '../statusCodes.js';
import { completeItems } from '../statutoryItems.js';

type Params = z.infer<typeof commandSchemas.issue>;

/** The keeper issues a receipt for goods on hand that no other receipt stands for (908, 909). */
export const issue = command({
  who: ['WAREHOUSE'],
  params: commandSchemas.issue,
  verify: (context, params) => {
    if (findReceipt(context, params.id) !== undefined) return status('id_already_exists');
    const lot = findLot(context, params.lot);
    if (lot === undefined) return status('reference_not_found');
    return firstProblem(
      () => (lot.warehouse === context.sender ? OK : status('signer_not_party_to_object')),
      () => (isFrozen(lot, context.timeMs) ? status('object_is_frozen') : OK),
      () => (lot.state === 'SHORT' ? status('lot_is_short') : OK),
      () => encumbranceProblem(context, lot.id),
      () => holderProblem(context, params),
      () => itemsProblem(context, params),
      () => (params.inspection === undefined ? status('inspection_missing') : OK),
      () => quantityProblem(lot, params),
      () => slotsProblem(context, lot, params),
    );
  },
  execute: (context, params) => {
    const lot = loadLot(context, params.lot);
    const items = itemsOf(context, params);
    const quantity = quantityAtScale(lot.onHand, params.quantity);
    const { id, holder, inspection } = params;
    if (items === undefined || inspection === undefined) return status('statutory_item_missing');
    if (isStatus(quantity)) return quantity;
    const slots = slotsFor(context, lot, params);
    if (isStatus(slots)) return slots;
    const { warehouse } = lot;
    const receipted = changedBy(lot.receipted, quantity.value);
    saveLot(context, { ...lot, receipted, openReceipts: lot.openReceipts + 1 });
    context.put(receipts, [id], {
      id,
      lot: lot.id,
      warehouse,
      holder,
      quantity,
      items,
      inspection,
      state: 'FREE',
      tokensIssued: 0,
      slots: [...slots],
      requests: 0,
      parents: [],
      children: [],
      issuedAt: context.timeMs,
      version: 1,
    });
    assignSlots(context, lot, slots, id);
    listReceipts(context, lot.id, { opened: [id] });
    const facts = { version: 1, state: 'FREE', lot: lot.id, warehouse, holder, quantity };
    context.emit('receipt.issued', id, facts);
    return carry(context, { from: lot.id, to: id, quantity });
  },
});

function holderProblem(context: ReadContext, params: Params): Status {
  if (!isActive(context, params.holder)) return status('party_not_active');
  return params.holder === context.sender ? status('issuer_cannot_hold') : OK;
}

function itemsProblem(context: ReadContext, params: Params): Status {
  const items = itemsOf(context, params);
  if (items === undefined) return status('statutory_item_missing');
  const { from, to } = items.storagePeriod;
  return from <= to && to >= context.day ? OK : status('storage_period_invalid');
}

function itemsOf(context: ReadContext, params: Params): StatutoryItems | undefined {
  const issuer = findParty(context, context.sender)?.name ?? '';
  return completeItems(params.items, { issuer, day: context.day });
}

function quantityProblem(lot: Lot, params: Params): Status {
  const quantity = quantityAtScale(lot.onHand, params.quantity);
  if (isStatus(quantity)) return quantity;
  if (lot.receipted.value + quantity.value > lot.onHand.value) {
    return status('lot_quantity_exceeded');
  }
  const open = lot.openReceipts < limits.openReceiptsPerLotMax;
  return open ? OK : status('bound_exceeded');
}

function slotsProblem(context: ReadContext, lot: Lot, params: Params): Status {
  const slots = slotsFor(context, lot, params);
  return isStatus(slots) ? slots : OK;
}

function slotsFor(context: ReadContext, lot: Lot, params: Params): readonly string[] | Status {
  const quantity = quantityAtScale(lot.onHand, params.quantity);
  if (isStatus(quantity)) return quantity;
  const takesAll = lot.receipted.value + quantity.value === lot.onHand.value;
  return slotsOfReceipt(context, lot, { slots: params.slots, takesAll });
}
