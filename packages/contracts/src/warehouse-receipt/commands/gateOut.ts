import { isOk, OK, type ReadContext, type Status, type WriteContext } from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { liensOnAsset } from '../../lien/internal.js';
import { criticalAlertProblem } from '../../monitoring/internal.js';
import { firstProblem } from '../../params.js';
import { changedBy, quantityAtScale } from '../../quantityAtScale.js';
import { isStatus } from '../../status.js';
import { goodsLeave } from '../goodsFlow.js';
import { findReceipt, isStopped } from '../internal.js';
import { slotUses, tokens, weighings } from '../keys.js';
import { closeCover } from '../monitoringCalls.js';
import {
  listReceipts,
  loadLot,
  loadReceipt,
  loadToken,
  saveLot,
  saveReceipt,
  unpledged,
  unreceipt,
} from '../records.js';
import { commandSchemas, type Receipt, type ReleaseToken } from '../schema.js';
import { status } from '../statusCodes.js';
import { weighingProblem } from './gateIn.js';

type Params = z.infer<typeof commandSchemas.gate_out>;

/** Goods leave against their token: weighed to the token's quantity, once (E5). */
export const gateOut = command({
  who: ['WAREHOUSE'],
  params: commandSchemas.gate_out,
  verify: (context, params) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    return firstProblem(
      () => (receipt.warehouse === context.sender ? OK : status('signer_not_party_to_object')),
      () => (isStopped(context, receipt) ? status('object_is_frozen') : OK),
      () => tokenProblem(context, params),
      () => weighingProblem(context, params.weighing),
      () => criticalAlertProblem(context, receipt.id, receipt.lot),
    );
  },
  execute: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    const token = loadToken(context, receipt);
    const { quantity } = token;
    const { weighing } = params;
    context.put(tokens, [receipt.id, String(token.number)], { ...token, state: 'USED' });
    context.put(weighings, [weighing], { lot: receipt.lot, direction: 'out', quantity });
    const lot = loadLot(context, receipt.lot);
    const after = delivered(receipt, token, lot.short?.stocktake);
    const remaining = after.quantity.value > 0n ? after : unpledged(after);
    const { version, state } = saveReceipt(context, remaining);
    const onHand = changedBy(lot.onHand, -quantity.value);
    const left = unreceipt(lot, quantity, state === 'DELIVERED');
    const weighedOut = lot.weighedOut + quantity.value;
    const slots = lot.slots.filter((slot) => !token.slots.includes(slot));
    for (const slot of token.slots) context.remove(slotUses, slot);
    const saved = saveLot(context, { ...left, onHand, weighedOut, slots });
    const facts = { version, state, token: token.number, quantity, remaining: remaining.quantity };
    context.emit('receipt.withdrawn', receipt.id, facts);
    context.emit('lot.goods_out', lot.id, { version: saved.version, quantity, onHand, weighing });
    if (state === 'DELIVERED') listReceipts(context, lot.id, { closed: [receipt.id] });
    const gone = goodsLeave(context, receipt, quantity, token.sale);
    if (!isOk(gone)) return gone;
    const uncovered = closeCover(context, receipt, token);
    if (!isOk(uncovered) || state !== 'DELIVERED') return uncovered;
    return endPossession(context, receipt);
  },
});

/** With the goods go the pledge on them and the keeper's retention (457). */
function endPossession(context: WriteContext, receipt: Receipt): Status {
  const ids = liensOnAsset(context, receipt.id)
    .filter((one) => one.lien === receipt.lien || one.class === 'RETENTION')
    .map((one) => one.lien);
  return ids.length === 0 ? OK : context.call('lien', 'record_release', { ids });
}

function tokenProblem(context: ReadContext, params: Params): Status {
  const token = context.get(tokens, params.id, String(params.token));
  if (token === undefined || token.state === 'EXPIRED') return status('release_token_missing');
  if (token.state === 'USED') return status('release_token_used');
  if (context.timeMs > token.validTo) return status('deadline_has_passed');
  const weighed = quantityAtScale(token.quantity, params.weighed);
  if (isStatus(weighed)) return weighed;
  return weighed.value === token.quantity.value ? OK : status('gate_quantity_differs');
}

function delivered(receipt: Receipt, token: ReleaseToken, stocktake: number | undefined): Receipt {
  const quantity = changedBy(receipt.quantity, -token.quantity.value);
  const goods = { ...receipt.items.goods, pieces: receipt.items.goods.pieces - token.pieces };
  const former = receipt.formerState ?? 'FREE';
  return {
    ...receipt,
    quantity,
    items: { ...receipt.items, goods },
    state: quantity.value > 0n ? former : 'DELIVERED',
    formerState: undefined,
    token: undefined,
    slots: receipt.slots.filter((slot) => !token.slots.includes(slot)),
    takenShort: taken(receipt, token, stocktake),
  };
}

/** What a receipt took since a count found its lot short. */
function taken(
  { takenShort }: Receipt,
  token: ReleaseToken,
  stocktake: number | undefined,
): Receipt['takenShort'] {
  if (stocktake === undefined) return undefined;
  const before = takenShort?.stocktake === stocktake ? takenShort.value : 0n;
  return { stocktake, value: before + token.quantity.value };
}
