import { OK, type ReadContext, type Status, type WriteContext } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { liensOnAsset } from '../../lien/internal.js';
import { firstProblem } from '../../params.js';
import { changedBy } from '../../quantityAtScale.js';
import { keeperProblem } from '../guards.js';
import { findReceipt } from '../internal.js';
import { slotUses, tokens, weighings } from '../keys.js';
import { listReceipts, loadLot, loadReceipt, saveLot, saveReceipt, unreceipt } from '../records.js';
import { commandSchemas, type Receipt } from '../schema.js';
import { status } from '../statusCodes.js';
import { weighingProblem } from './gateIn.js';

/**
 * The demand was not met: the keeper deposits the goods (提存, 916, 570). They leave the lot by a
 * weighing and a token that is used at once (E5); a pledge stays on what was deposited.
 */
export const deposit = command({
  who: ['WAREHOUSE'],
  params: commandSchemas.deposit,
  verify: (context, params) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    return firstProblem(
      () => keeperProblem(context, receipt, params.expectedVersion),
      () => demandProblem(context, receipt),
      () => (loadLot(context, receipt.lot).state === 'SHORT' ? status('lot_is_short') : OK),
      () => weighingProblem(context, params.weighing),
    );
  },
  execute: (context, { id, depositary, evidence, weighing }) => {
    const receipt = loadReceipt(context, id);
    const { quantity, slots } = receipt;
    const number = receipt.tokensIssued + 1;
    putUsedToken(context, receipt, { number, depositary, weighing });
    context.put(weighings, [weighing], { lot: receipt.lot, direction: 'out', quantity });
    const lot = loadLot(context, receipt.lot);
    for (const slot of slots) context.remove(slotUses, slot);
    listReceipts(context, lot.id, { closed: [id] });
    saveLot(context, {
      ...unreceipt(lot, quantity, true),
      onHand: changedBy(lot.onHand, -quantity.value),
      weighedOut: lot.weighedOut + quantity.value,
      slots: lot.slots.filter((slot) => !slots.includes(slot)),
    });
    const deposited = { ...receipt, state: 'DEPOSITED' as const, tokensIssued: number, slots: [] };
    const { version, state } = saveReceipt(context, deposited);
    context.emit('receipt.deposited', id, { version, state, depositary, evidence, quantity });
    const retained = liensOnAsset(context, id).filter((one) => one.class === 'RETENTION');
    if (retained.length === 0) return OK;
    return context.call('lien', 'record_release', { ids: retained.map((one) => one.lien) });
  },
});

function demandProblem(context: ReadContext, { demand }: Receipt): Status {
  const over = demand !== undefined && context.day > demand.until;
  return over ? OK : status('demand_period_running');
}

function putUsedToken(
  context: WriteContext,
  receipt: Receipt,
  how: { readonly number: number; readonly depositary: string; readonly weighing: string },
): void {
  const { number, depositary, weighing: driverRef } = how;
  context.put(tokens, [receipt.id, String(number)], {
    receipt: receipt.id,
    number,
    quantity: receipt.quantity,
    pieces: receipt.items.goods.pieces,
    vehicle: depositary.slice(0, 32),
    driverRef,
    validTo: context.timeMs,
    slots: receipt.slots,
    state: 'USED',
    issuedAt: context.timeMs,
  });
}
