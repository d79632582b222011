import { OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { splitProblem } from '../../pledge-facility/internal.js';
import { quantityAtScale } from '../../quantityAtScale.js';
import { isStatus } from '../../status.js';
import { lenderAndKeeper, reissueProblem } from '../guards.js';
import { findReceipt } from '../internal.js';
import { pendingStateOf } from '../lifecycle.js';
import { holdReceipt, loadLot, loadReceipt } from '../records.js';
import { reissue, reissueBoundProblem, type Successor } from '../reissue.js';
import { commandSchemas, type Receipt } from '../schema.js';
import { slotsOfPartsProblem } from '../slots.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.split>;

/** The keeper replaces a receipt by several that add up to it; a lien follows each (E4, L5). */
export const split = countersigned({
  who: 'anyone',
  params: commandSchemas.split,
  object: (params) => params.id,
  signers: lenderAndKeeper,
  verify: (context, params, phase) => {
    const receipt = findReceipt(context, params.id);
    if (receipt === undefined) return status('object_not_found');
    const { expectedVersion } = params;
    return firstProblem(
      () => reissueProblem(context, receipt, { phase, expectedVersion }),
      () => idsProblem(context, params),
      () => conservationProblem(receipt, params),
      () => slotsOfPartsProblem(receipt, params.parts),
      () => boundProblem(context, receipt, params),
    );
  },
  hold: holdReceipt(pendingStateOf.split),
  execute: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    const parts: Successor[] = [];
    for (const { id, quantity: stated, pieces = 0, slots = [] } of params.parts) {
      const quantity = quantityAtScale(receipt.quantity, stated);
      if (isStatus(quantity)) return quantity;
      const goods = { ...receipt.items.goods, pieces };
      parts.push({ id, quantity, items: { ...receipt.items, goods }, slots });
    }
    return reissue(context, [receipt], 'SPLIT', parts);
  },
});

function idsProblem(context: ReadContext, params: Params): Status {
  const ids = params.parts.map((part) => part.id);
  const fresh = ids.every((id) => findReceipt(context, id) === undefined);
  return fresh && new Set(ids).size === ids.length ? OK : status('id_already_exists');
}

function conservationProblem(receipt: Receipt, params: Params): Status {
  let quantity = 0n;
  let pieces = 0;
  for (const part of params.parts) {
    const scaled = quantityAtScale(receipt.quantity, part.quantity);
    if (isStatus(scaled)) return scaled;
    quantity += scaled.value;
    pieces += part.pieces ?? 0;
  }
  const conserved = quantity === receipt.quantity.value && pieces === receipt.items.goods.pieces;
  return conserved ? OK : status('split_does_not_conserve_quantity');
}

function boundProblem(context: ReadContext, receipt: Receipt, params: Params): Status {
  const lot = loadLot(context, receipt.lot);
  const opened = params.parts.length;
  return firstProblem(
    () => reissueBoundProblem(context, lot, receipt, { closed: 1, opened }),
    () => {
      if (receipt.facility === undefined) return OK;
      const parts = params.parts.map((part) => part.id);
      return splitProblem(context, receipt.facility, { asset: receipt.id, parts });
    },
  );
}
