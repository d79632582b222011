import {
  isOk,
  OK,
  type Quantity,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { isStatus } from '../status.js';
import {
  alignedWith,
  atScale,
  claimed,
  emptyStage,
  freeOf,
  heldBy,
  joined,
  pruned,
  taken,
  totalOf,
  withoutClaim,
} from './goodsStage.js';
import { claimants, stages } from './keys.js';
import type { GoodsStage, Lien } from './schema.js';
import { status } from './statusCodes.js';

/** Who wants to hold how much of the goods at a stage; all of them without a quantity. */
export interface WantedClaim {
  readonly stage: string;
  readonly quantity?: Quantity | undefined;
  readonly by: string;
  readonly holder: Lien['holder'];
}

/** A quantity on its way from one stage to the next; `releasing` names whose claim on it ends. */
export interface GoodsMove {
  readonly from: string;
  readonly to: string;
  readonly quantity: Quantity;
  readonly releasing?: string | undefined;
}

/** The goods at a stage, with the claims that still hold; undefined where none are known. */
export function stageAt(context: ReadContext, stage: string): GoodsStage | undefined {
  const found = context.get(stages, stage);
  if (found === undefined) return undefined;
  return pruned(found, (claim) => context.get(claimants, claim.by)?.state === 'HOLDING');
}

/** The quantity at a stage that nobody holds; undefined where no goods are known. */
export function freeAt(context: ReadContext, stage: string): Quantity | undefined {
  const found = stageAt(context, stage);
  return found && { value: freeOf(found), unit: found.unit, scale: found.scale };
}

/** What a claimant holds at a stage or could hold besides; undefined where that is nothing. */
export function holdableAt(context: ReadContext, stage: string, by: string): Quantity | undefined {
  const found = stageAt(context, stage);
  const value = found === undefined ? 0n : freeOf(found) + heldBy(found, by);
  return found && value > 0n ? { value, unit: found.unit, scale: found.scale } : undefined;
}

/** The quantity at a stage, held or not; undefined where no goods are known. */
export function quantityAt(context: ReadContext, stage: string): Quantity | undefined {
  const found = stageAt(context, stage);
  return found && { value: totalOf(found), unit: found.unit, scale: found.scale };
}

/** Goods become known at a stage: a lineage begins there, or goes on (`lineage`). */
export function addGoods(
  context: WriteContext,
  params: {
    readonly stage: string;
    readonly lineage?: string | undefined;
    readonly quantity: Quantity;
  },
): Status {
  const { stage, quantity } = params;
  const found = stageAt(context, stage) ?? emptyStage(stage, quantity);
  const aligned = alignedWith(found, quantity);
  if (isStatus(aligned)) return aligned;
  const part = { lineage: params.lineage ?? stage, value: aligned.value, claims: [] };
  return save(context, joined(aligned.stage, [part]));
}

/**
 * Goods move to their next stage, split or merge. What somebody holds moves last, and its claims
 * with it: a claim moves or is given up (`releasing`) in the transaction that moves the goods (L1).
 */
export function carryGoods(
  context: WriteContext,
  params: { readonly moves: readonly GoodsMove[] },
): Status {
  for (const move of params.moves) {
    const carried = carryOne(context, move);
    if (!isOk(carried)) return carried;
  }
  return OK;
}

/** Goods cease to be at a stage: consumed, lost, or gone where nobody here follows. */
export function endGoods(
  context: WriteContext,
  params: {
    readonly stage: string;
    readonly quantity: Quantity;
    readonly releasing?: string | undefined;
  },
): Status {
  const leaving = leave(context, params);
  return isStatus(leaving) ? leaving : save(context, leaving.rest);
}

/** Holds goods at a stage for a financing or a lien; where no goods are known, nothing is held. */
export function claimGoods(context: WriteContext, wanted: WantedClaim): Status {
  const next = afterClaim(context, wanted);
  if (next === undefined) return OK;
  if (isStatus(next)) return next;
  const { by, holder } = wanted;
  context.put(claimants, [by], { id: by, holder, state: 'HOLDING' });
  return save(context, next);
}

/** Why goods at a stage cannot be held (`already_financed`: L1, L2). */
export function claimProblem(context: ReadContext, wanted: WantedClaim): Status {
  const next = afterClaim(context, wanted);
  return next !== undefined && isStatus(next) ? next : OK;
}

/** Ends all that a financing or lien holds, wherever its goods have gone meanwhile. */
export function releaseGoods(context: WriteContext, by: string): Status {
  const claimant = context.get(claimants, by);
  if (claimant === undefined) return OK;
  context.put(claimants, [by], { ...claimant, state: 'RELEASED' });
  return OK;
}

function carryOne(context: WriteContext, move: GoodsMove): Status {
  const leaving = leave(context, { ...move, stage: move.from });
  if (isStatus(leaving)) return leaving;
  const { rest, parts } = leaving;
  const target = stageAt(context, move.to) ?? emptyStage(move.to, rest);
  if (target.unit !== rest.unit) return status('unit_does_not_match');
  const scale = Math.max(target.scale, rest.scale);
  const moving = atScale({ ...rest, parts: [...parts] }, scale);
  const arrived = joined(atScale(target, scale), moving.parts);
  if (isStatus(arrived)) return arrived;
  save(context, rest);
  return save(context, arrived);
}

function leave(
  context: ReadContext,
  params: {
    readonly stage: string;
    readonly quantity: Quantity;
    readonly releasing?: string | undefined;
  },
): ReturnType<typeof taken> | Status {
  const found = stageAt(context, params.stage);
  if (found === undefined) return status('reference_not_found');
  const aligned = alignedWith(found, params.quantity);
  if (isStatus(aligned)) return aligned;
  const { stage, value } = aligned;
  if (value > totalOf(stage)) return status('lineage_quantity_exceeded');
  const { releasing } = params;
  return taken(releasing === undefined ? stage : withoutClaim(stage, releasing, value), value);
}

function afterClaim(context: ReadContext, wanted: WantedClaim): GoodsStage | Status | undefined {
  const found = stageAt(context, wanted.stage);
  if (found === undefined) return undefined;
  const { by, holder, quantity } = wanted;
  if (quantity === undefined) return claimed(found, { by, holder, value: totalOf(found) });
  const aligned = alignedWith(found, quantity);
  return isStatus(aligned) ? aligned : claimed(aligned.stage, { by, holder, value: aligned.value });
}

function save(context: WriteContext, stage: GoodsStage | Status): Status {
  if (isStatus(stage)) return stage;
  context.put(stages, [stage.stage], stage);
  return OK;
}
