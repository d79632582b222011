import {
  isOk,
  isStorable,
  limits,
  OK,
  type Quantity,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findLien, holdableAt, liensOnAsset } from '../../lien/internal.js';
import { firstProblem } from '../../params.js';
import { changedBy, quantityAtScale } from '../../quantityAtScale.js';
import { isStatus } from '../../status.js';
import { alignLot, goodsEnter } from '../goodsFlow.js';
import { findLot, isFrozen } from '../internal.js';
import { slotUses, weighings } from '../keys.js';
import { loadLot, saveLot } from '../records.js';
import { commandSchemas, type Lot } from '../schema.js';
import { assignSlots } from '../slots.js';
import { status } from '../statusCodes.js';

/** Goods come in: a weighing counts once, and a slot is in one lot of all warehouses (E2). */
export const gateIn = command({
  who: ['WAREHOUSE'],
  params: commandSchemas.gate_in,
  verify: (context, params) => {
    const lot = findLot(context, params.id);
    if (lot === undefined) return status('object_not_found');
    return firstProblem(
      () => (lot.warehouse === context.sender ? OK : status('signer_not_party_to_object')),
      () => (isFrozen(lot, context.timeMs) ? status('object_is_frozen') : OK),
      () => quantityProblem(lot, params.quantity),
      () => weighingProblem(context, params.weighing),
      () => slotsProblem(context, lot, params.slots),
    );
  },
  execute: (context, params) => {
    const lot = loadLot(context, params.id);
    const quantity = quantityAtScale(lot.onHand, params.quantity);
    if (isStatus(quantity)) return quantity;
    const { weighing } = params;
    const slots = [...new Set([...lot.slots, ...params.slots])];
    const added = params.slots.filter((slot) => !lot.slots.includes(slot));
    assignSlots(context, lot, added, undefined);
    context.put(weighings, [weighing], { lot: lot.id, direction: 'in', quantity });
    const onHand = changedBy(lot.onHand, quantity.value);
    const weighedIn = lot.weighedIn + quantity.value;
    const { version } = saveLot(context, { ...lot, slots, onHand, weighedIn });
    context.emit('lot.goods_in', lot.id, { version, quantity, onHand, slots, weighing });
    return entered(context, { ...lot, onHand }, quantity, params.origin);
  },
});

/** What an exclusive lien holds of a lot it holds of the goods that join it, too (L1). */
function entered(
  context: WriteContext,
  lot: Lot,
  quantity: Quantity,
  origin: string | undefined,
): Status {
  const entering = goodsEnter(
    context,
    lot,
    quantity,
    origin === undefined ? lot.lineage : [origin],
  );
  if (!isOk(entering)) return entering;
  const aligned = alignLot(context, lot);
  return isOk(aligned) ? holdMore(context, lot) : aligned;
}

function holdMore(context: WriteContext, lot: Lot): Status {
  const pledge = liensOnAsset(context, lot.id).find((one) => one.exclusive);
  const lien = pledge === undefined ? undefined : findLien(context, pledge.lien);
  if (lien === undefined || lien.asset.quantity !== undefined) return OK;
  const quantity = holdableAt(context, lot.id, lien.id);
  if (quantity === undefined) return OK;
  const { id: by, holder } = lien;
  return context.call('lien', 'claim_goods', { stage: lot.id, by, holder, quantity });
}

function quantityProblem(lot: Lot, stated: Quantity): Status {
  const quantity = quantityAtScale(lot.onHand, stated);
  if (isStatus(quantity)) return quantity;
  const sum = lot.onHand.value + quantity.value;
  return isStorable(sum) ? OK : status('amount_out_of_range');
}

/** The same weighing never counts twice, in or out. */
export function weighingProblem(context: ReadContext, weighing: string): Status {
  const used = context.get(weighings, weighing) !== undefined;
  return used ? status('weighing_already_used') : OK;
}

function slotsProblem(context: ReadContext, lot: Lot, slots: readonly string[]): Status {
  for (const slot of slots) {
    const use = context.get(slotUses, slot);
    if (use !== undefined && use.lot !== lot.id) return status('slot_already_assigned');
  }
  const count = new Set([...lot.slots, ...slots]).size;
  return count <= limits.slotsPerLotMax ? OK : status('bound_exceeded');
}
