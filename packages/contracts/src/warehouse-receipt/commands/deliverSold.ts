import { OK, type WriteContext } from '@triflow/protocol';
import type { z } from 'zod';
import { internalCommand } from '../../defineContract.js';
import { liensOnAsset } from '../../lien/internal.js';
import { findLot, findReceipt, isFrozen, isStopped } from '../internal.js';
import { lots } from '../keys.js';
import { loadLot, loadReceipt, saveReceipt, unpledged } from '../records.js';
import { internalSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof internalSchemas.deliver_sold>;

/** Goods sold in an enforcement pass to the buyer, free of the liens that the proceeds paid. */
export const deliverSold = internalCommand({
  callers: ['pledge-facility'],
  params: internalSchemas.deliver_sold,
  verify: (context, params) => {
    for (const id of params.ids) {
      const receipt = findReceipt(context, id);
      const lot = receipt === undefined ? findLot(context, id) : undefined;
      if (receipt === undefined && lot === undefined) return status('object_not_found');
      if (lot !== undefined && isFrozen(lot, context.timeMs)) return status('object_is_frozen');
      if (receipt === undefined) continue;
      if (isStopped(context, receipt)) return status('object_is_frozen');
      if (receipt.state !== 'PLEDGED') return status('receipt_not_pledged');
      if (receipt.warehouse === params.to) return status('issuer_cannot_hold');
    }
    return OK;
  },
  execute: (context, params) => {
    const liens: string[] = [];
    for (const id of params.ids) {
      for (const { lien } of liensOnAsset(context, id)) liens.push(lien);
      if (findReceipt(context, id) === undefined) deliverLot(context, id, params.to);
      else deliverReceipt(context, id, params.to);
    }
    if (liens.length === 0) return OK;
    return context.call('lien', 'record_enforced', { ids: liens });
  },
});

function deliverReceipt(context: WriteContext, id: string, to: Params['to']): void {
  const receipt = loadReceipt(context, id);
  const sold = {
    ...unpledged(receipt),
    holder: to,
    heldSince: context.timeMs,
    state: 'FREE',
  } as const;
  const { version } = saveReceipt(context, sold);
  const facts = { version, holder: to, formerHolder: receipt.holder, state: 'FREE' };
  context.emit('receipt.transferred', id, { ...facts, enforced: true });
}

function deliverLot(context: WriteContext, id: string, to: Params['to']): void {
  const lot = loadLot(context, id);
  context.put(lots, [id], { ...lot, owner: to, version: lot.version + 1 });
}
