import {
  assert,
  isOk,
  limits,
  OK,
  type Quantity,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { splitProblem } from '../../pledge-facility/internal.js';
import { isStatus } from '../../status.js';
import { carry } from '../goodsFlow.js';
import { holderProblem } from '../guards.js';
import { findReceipt } from '../internal.js';
import { receipts } from '../keys.js';
import { pendingStateOf } from '../lifecycle.js';
import { quantityAtScaleOf } from '../quantities.js';
import {
  holdReceipt,
  listReceipts,
  loadLot,
  loadReceipt,
  saveLot,
  saveReceipt,
} from '../records.js';
import { commandSchemas, type Receipt } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.split>;

/** The keeper replaces a receipt by several that add up to it; a pledge follows each (E4, L5). */
export const split = countersigned({
  who: 'anyone',
  params: commandSchemas.split,
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
      () => idsProblem(context, params),
      () => conservationProblem(receipt, params),
      () => boundProblem(context, receipt, params),
    );
  },
  hold: holdReceipt(pendingStateOf.split),
  execute: (context, params) => {
    const receipt = loadReceipt(context, params.id);
    const lot = loadLot(context, receipt.lot);
    const liens = params.parts.map(() => (receipt.lien === undefined ? '' : context.newId('ln')));
    saveLot(context, { ...lot, openReceipts: lot.openReceipts + params.parts.length - 1 });
    const children = params.parts.map((part) => part.id);
    for (const [index, part] of params.parts.entries()) {
      putChild(context, receipt, { ...part, lien: liens[index] });
    }
    listReceipts(context, lot.id, { opened: children, closed: [receipt.id] });
    const from = receipt.id;
    const moves = params.parts.map(({ id, quantity }) => ({ from, to: id, quantity }));
    const carried = carry(context, ...moves);
    if (!isOk(carried)) return carried;
    const { version } = saveReceipt(context, { ...receipt, state: 'SPLIT', children });
    context.emit('receipt.split', receipt.id, { version, state: 'SPLIT', children });
    if (receipt.lien === undefined) return OK;
    const to = children.map((id, index) => ({
      id: liens[index],
      asset: { kind: 'receipt', id },
    }));
    return context.call('lien', 'move', { id: receipt.lien, to });
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
    const scaled = quantityAtScaleOf(receipt.quantity, part.quantity);
    if (isStatus(scaled)) return scaled;
    quantity += scaled.value;
    pieces += part.pieces ?? 0;
  }
  const conserved = quantity === receipt.quantity.value && pieces === receipt.items.goods.pieces;
  return conserved ? OK : status('split_does_not_conserve_quantity');
}

function boundProblem(context: ReadContext, receipt: Receipt, params: Params): Status {
  const open = loadLot(context, receipt.lot).openReceipts + params.parts.length - 1;
  if (open > limits.openReceiptsPerLotMax) return status('bound_exceeded');
  if (receipt.facility === undefined) return OK;
  const parts = params.parts.map((part) => part.id);
  return splitProblem(context, receipt.facility, { asset: receipt.id, parts });
}

function putChild(
  context: WriteContext,
  parent: Receipt,
  part: { id: string; quantity: Quantity; pieces?: number | undefined; lien: string | undefined },
): void {
  const { items } = parent;
  const quantity = quantityAtScaleOf(parent.quantity, part.quantity);
  assert(!isStatus(quantity), 'split: a part was not checked');
  const goods = { ...items.goods, pieces: part.pieces ?? 0 };
  const issue = { ...items.issue, day: context.day };
  const child: Receipt = {
    ...parent,
    id: part.id,
    quantity,
    items: { ...items, goods, issue },
    lien: parent.lien === undefined ? undefined : part.lien,
    tokensIssued: 0,
    parents: [parent.id],
    children: [],
    issuedAt: context.timeMs,
    version: 1,
  };
  context.put(receipts, [child.id], child);
  const { state, lot, warehouse, holder, lien } = child;
  const facts = { version: 1, state, lot, warehouse, holder, quantity, lien, parent: parent.id };
  context.emit('receipt.issued', child.id, facts);
}
