import { isOk, OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { isStatus } from '../../status.js';
import { goodsLeave } from '../goodsFlow.js';
import { findReceipt, isFrozen } from '../internal.js';
import { tokens, weighings } from '../keys.js';
import { changedBy, quantityAtScaleOf } from '../quantities.js';
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
      () => (isFrozen(receipt, context.timeMs) ? status('object_is_frozen') : OK),
      () => tokenProblem(context, params),
      () => weighingProblem(context, params.weighing),
    );
  },
  execute: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    const token = loadToken(context, receipt);
    const { quantity } = token;
    const { weighing } = params;
    context.put(tokens, [receipt.id, String(token.number)], { ...token, state: 'USED' });
    context.put(weighings, [weighing], { lot: receipt.lot, direction: 'out', quantity });
    const after = delivered(receipt, token);
    const left = after.quantity.value > 0n ? after : unpledged(after);
    const { version, state } = saveReceipt(context, left);
    const lot = loadLot(context, receipt.lot);
    const onHand = changedBy(lot.onHand, -quantity.value);
    const saved = saveLot(context, {
      ...unreceipt(lot, quantity, state === 'DELIVERED'),
      onHand,
    });
    const facts = { version, state, token: token.number, quantity, remaining: left.quantity };
    context.emit('receipt.withdrawn', receipt.id, facts);
    context.emit('lot.goods_out', lot.id, { version: saved.version, quantity, onHand, weighing });
    if (state === 'DELIVERED') listReceipts(context, lot.id, { closed: [receipt.id] });
    const gone = goodsLeave(context, receipt, quantity, token.sale);
    if (!isOk(gone)) return gone;
    if (state !== 'DELIVERED' || receipt.lien === undefined) return OK;
    return context.call('lien', 'record_release', { ids: [receipt.lien] });
  },
});

function tokenProblem(context: ReadContext, params: Params): Status {
  const token = context.get(tokens, params.id, String(params.token));
  if (token === undefined || token.state === 'EXPIRED') return status('release_token_missing');
  if (token.state === 'USED') return status('release_token_used');
  if (context.timeMs > token.validTo) return status('deadline_has_passed');
  const weighed = quantityAtScaleOf(token.quantity, params.weighed);
  if (isStatus(weighed)) return weighed;
  return weighed.value === token.quantity.value ? OK : status('gate_quantity_differs');
}

function delivered(receipt: Receipt, token: ReleaseToken): Receipt {
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
  };
}
