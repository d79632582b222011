import {
  isOk,
  OK,
  type Quantity,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { type GoodsMove, quantityAt } from '../lien/internal.js';
import { findOrder } from '../purchase-order/internal.js';
import type { Lot, Receipt } from './schema.js';

/**
 * How the goods of lots and receipts go on in the register of lineage (domain 3.6): through the
 * gate into a lot, under a receipt, out again. What holds an earlier stage comes along.
 */

/** Goods come into a lot: from the earlier stages named, the rest known here for the first time. */
export function goodsEnter(
  context: WriteContext,
  lot: Lot,
  quantity: Quantity,
  origins: readonly string[],
): Status {
  let left = quantity;
  for (const origin of origins) {
    const from = openedStage(context, lot, origin);
    if (!isOk(from.status)) return from.status;
    const some = upTo(left, from.stage === undefined ? undefined : quantityAt(context, from.stage));
    if (some === undefined || from.stage === undefined) continue;
    const carried = carry(context, { from: from.stage, to: lot.id, quantity: some });
    if (!isOk(carried)) return carried;
    left = minus(left, some);
  }
  if (left.value === 0n) return OK;
  return context.call('lien', 'add_goods', { stage: lot.id, quantity: left });
}

/** Goods of a lot come under a receipt, of a receipt under others, or back under none. */
export function carry(context: WriteContext, ...moves: readonly GoodsMove[]): Status {
  return context.call('lien', 'carry_goods', { moves: moves.map((move) => ({ ...move })) });
}

/** Goods leave a receipt through the gate: to the sale named, or where nobody here follows. */
export function goodsLeave(
  context: WriteContext,
  receipt: Receipt,
  quantity: Quantity,
  sale: string | undefined,
): Status {
  const { id, lien } = receipt;
  const way = { quantity, releasing: lien };
  if (sale === undefined) return context.call('lien', 'end_goods', { stage: id, ...way });
  return carry(context, { from: id, to: sale, ...way });
}

/**
 * What lies in a lot under no receipt is what is on hand beyond the receipts: a count, or a lot
 * that is short, changes it.
 */
export function alignLot(context: WriteContext, lot: Lot): Status {
  const beyond = lot.onHand.value - lot.receipted.value;
  const wanted = beyond > 0n ? beyond : 0n;
  const { unit, scale } = lot.onHand;
  const there = quantityAt(context, lot.id);
  const factor = 10n ** BigInt((there?.scale ?? scale) - scale);
  const difference = wanted * factor - (there?.value ?? 0n);
  if (difference === 0n) return OK;
  const quantity = { value: difference, unit, scale: there?.scale ?? scale };
  if (difference > 0n) return context.call('lien', 'add_goods', { stage: lot.id, quantity });
  const gone = { ...quantity, value: -difference };
  return context.call('lien', 'end_goods', { stage: lot.id, quantity: gone });
}

/**
 * The stage that an origin names. An order stands for its line of the same ware, which becomes
 * known here when nobody has financed it before.
 */
function openedStage(
  context: WriteContext,
  lot: Lot,
  origin: string,
): { readonly stage?: string; readonly status: Status } {
  const stage = originStage(context, lot, origin);
  if (stage.ordered === undefined || quantityAt(context, stage.id) !== undefined) {
    return { stage: stage.id, status: OK };
  }
  const { ordered: quantity } = stage;
  if (quantity.unit !== lot.onHand.unit) return { status: OK };
  const status = context.call('lien', 'add_goods', { stage: stage.id, quantity });
  return { stage: stage.id, status };
}

function originStage(
  context: ReadContext,
  lot: Lot,
  origin: string,
): { readonly id: string; readonly ordered?: Quantity } {
  const [id = origin, number] = origin.split('.');
  const order = findOrder(context, id);
  const line = order?.lines.find(({ lineNo, sku }) =>
    number === undefined ? sku === lot.sku : String(lineNo) === number,
  );
  return line === undefined
    ? { id: origin }
    : { id: `${id}.${line.lineNo}`, ordered: line.ordered };
}

/** As much of a quantity as there is at a stage; undefined for nothing, or for another unit. */
function upTo(wanted: Quantity, there: Quantity | undefined): Quantity | undefined {
  if (there === undefined || there.unit !== wanted.unit || there.value === 0n) return undefined;
  const finer = there.scale > wanted.scale ? there : wanted;
  const a = atScale(wanted, finer.scale);
  const b = atScale(there, finer.scale);
  return a.value < b.value ? a : b;
}

function minus(left: Quantity, some: Quantity): Quantity {
  const scale = Math.max(left.scale, some.scale);
  const value = atScale(left, scale).value - atScale(some, scale).value;
  return { ...left, scale, value };
}

function atScale(quantity: Quantity, scale: number): Quantity {
  return { ...quantity, scale, value: quantity.value * 10n ** BigInt(scale - quantity.scale) };
}
