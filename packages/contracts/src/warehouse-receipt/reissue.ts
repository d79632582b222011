import {
  isOk,
  limits,
  OK,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { liensOnAsset } from '../lien/internal.js';
import { carry } from './goodsFlow.js';
import { receipts } from './keys.js';
import { listReceipts, loadLot, saveLot, saveReceipt } from './records.js';
import type { Lot, Receipt } from './schema.js';
import { assignSlots } from './slots.js';
import { status } from './statusCodes.js';

/** How receipts end that others take the place of. */
type Replaced = 'SPLIT' | 'MERGED' | 'REPLACED';

const EVENTS = { SPLIT: 'receipt.split', MERGED: 'receipt.merged', REPLACED: 'receipt.replaced' };

/** What a receipt in the place of others says; the rest it has from the first of them. */
export type Successor = Pick<Receipt, 'id' | 'quantity' | 'items' | 'slots'> &
  Partial<Pick<Receipt, 'inspection'>>;

/**
 * Receipts end and others stand in their place for the same goods: split, merged, or reissued with
 * other terms. Quantity, goods in the register of lineage and every lien follow (E4, L5).
 */
export function reissue(
  context: WriteContext,
  former: readonly [Receipt, ...Receipt[]],
  state: Replaced,
  successors: readonly Successor[],
): Status {
  const [first] = former;
  const lot = loadLot(context, first.lot);
  const moves = liensOnAsset(context, first.id).map(({ lien }) => ({
    id: lien,
    to: successors.map(({ id }) => ({ id: context.newId('ln'), asset: { kind: 'receipt', id } })),
  }));
  const pledge = moves.find((move) => move.id === first.lien);
  const ids = former.map(({ id }) => id);
  for (const [index, successor] of successors.entries()) {
    putSuccessor(context, first, ids, { ...successor, lien: pledge?.to[index]?.id });
    assignSlots(context, lot, successor.slots, successor.id);
  }
  const children = successors.map(({ id }) => id);
  for (const receipt of former) {
    const { version } = saveReceipt(context, { ...receipt, state, children });
    context.emit(EVENTS[state], receipt.id, { version, state, children });
  }
  saveLot(context, { ...lot, openReceipts: lot.openReceipts + children.length - ids.length });
  listReceipts(context, lot.id, { opened: children, closed: ids });
  const carried = carry(context, ...ways(former, successors));
  if (!isOk(carried)) return carried;
  for (const move of moves) {
    const moved = context.call('lien', 'move', move);
    if (!isOk(moved)) return moved;
  }
  return OK;
}

/** Why so many receipts cannot take the place of so few: lists and writes are bounded (R14). */
export function reissueBoundProblem(
  context: ReadContext,
  lot: Lot,
  receipt: Receipt,
  count: { readonly closed: number; readonly opened: number },
): Status {
  const open = lot.openReceipts + count.opened - count.closed;
  const moved = liensOnAsset(context, receipt.id).length * count.opened;
  const fits = open <= limits.openReceiptsPerLotMax && moved <= limits.liensMovedMax;
  return fits ? OK : status('bound_exceeded');
}

function ways(former: readonly [Receipt, ...Receipt[]], successors: readonly Successor[]) {
  const [first] = former;
  if (former.length === 1) {
    return successors.map(({ id, quantity }) => ({ from: first.id, to: id, quantity }));
  }
  const to = successors[0]?.id ?? first.id;
  return former.map(({ id, quantity }) => ({ from: id, to, quantity }));
}

function putSuccessor(
  context: WriteContext,
  first: Receipt,
  parents: readonly string[],
  successor: Successor & { readonly lien: string | undefined },
): void {
  const { items, lien, inspection = first.inspection } = successor;
  const receipt: Receipt = {
    ...first,
    id: successor.id,
    quantity: successor.quantity,
    items: { ...items, issue: { ...items.issue, day: context.day } },
    slots: [...successor.slots],
    inspection,
    lien: first.lien === undefined ? undefined : lien,
    demand: undefined,
    requests: 0,
    tokensIssued: 0,
    parents: [...parents],
    children: [],
    issuedAt: context.timeMs,
    version: 1,
  };
  context.put(receipts, [receipt.id], receipt);
  const { state, lot, warehouse, holder, quantity } = receipt;
  const facts = { version: 1, state, lot, warehouse, holder, quantity, lien: receipt.lien };
  context.emit('receipt.issued', receipt.id, { ...facts, parents: [...parents] });
}
