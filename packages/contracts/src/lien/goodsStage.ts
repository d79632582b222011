import {
  assert,
  isStorable,
  limits,
  powerOfTen,
  type Quantity,
  type Status,
} from '@triflow/protocol';
import type { GoodsClaim, GoodsStage, LineagePart } from './schema.js';
import { status } from './statusCodes.js';

/** Which of the claims at a stage still hold: those whose claimant has not been released. */
export type Holds = (claim: GoodsClaim) => boolean;

/** A stage with no goods, in the unit and scale of what will come to it. */
export function emptyStage(stage: string, like: Pick<Quantity, 'unit' | 'scale'>): GoodsStage {
  return { stage, unit: like.unit, scale: like.scale, parts: [] };
}

/** A stage without the claims that were given up, and without parts that are empty. */
export function pruned(stage: GoodsStage, holds: Holds): GoodsStage {
  const parts = stage.parts
    .filter((part) => part.value > 0n)
    .map((part) => ({
      ...part,
      claims: part.claims.filter((one) => one.value > 0n && holds(one)),
    }));
  return { ...stage, parts };
}

/** The smallest steps that are at a stage. */
export function totalOf(stage: GoodsStage): bigint {
  return stage.parts.reduce((sum, part) => sum + part.value, 0n);
}

/** The steps at a stage that nobody holds. */
export function freeOf(stage: GoodsStage): bigint {
  return stage.parts.reduce((sum, part) => sum + freeIn(part), 0n);
}

/**
 * A stage and a quantity at the finer of their two scales, so that every sum is exact. Refuses
 * another unit, what is not positive, and what could not be stored at that scale.
 */
export function alignedWith(
  stage: GoodsStage,
  quantity: Quantity,
): { readonly stage: GoodsStage; readonly value: bigint } | Status {
  if (quantity.unit !== stage.unit) return status('unit_does_not_match');
  if (quantity.value <= 0n) return status('amount_must_be_positive');
  const scale = Math.max(stage.scale, quantity.scale);
  const value = quantity.value * powerOfTen(scale - quantity.scale);
  const finer = atScale(stage, scale);
  const storable = isStorable(value + totalOf(finer));
  return storable ? { stage: finer, value } : status('amount_out_of_range');
}

/** A stage at a scale that is not coarser than its own. */
export function atScale(stage: GoodsStage, scale: number): GoodsStage {
  assert(scale >= stage.scale, 'goodsStage: a scale never becomes coarser');
  if (scale === stage.scale) return stage;
  const factor = powerOfTen(scale - stage.scale);
  const parts = stage.parts.map((part) => ({
    ...part,
    value: part.value * factor,
    claims: part.claims.map((claim) => ({ ...claim, value: claim.value * factor })),
  }));
  return { ...stage, scale, parts };
}

/** A stage with parts more; parts of one lineage, and claims of one claimant, are one. */
export function joined(stage: GoodsStage, more: readonly LineagePart[]): GoodsStage | Status {
  const parts = [...stage.parts];
  for (const part of more) {
    const index = parts.findIndex((one) => one.lineage === part.lineage);
    const former = parts[index];
    if (former === undefined) parts.push(part);
    else {
      const claims = joinedClaims(former.claims, part.claims);
      parts[index] = { ...former, value: former.value + part.value, claims };
    }
  }
  const fits =
    parts.length <= limits.lineagePartsPerReceiptMax &&
    parts.every((part) => part.claims.length <= limits.claimsPerLineagePartMax);
  if (!fits) return status('bound_exceeded');
  const next = { ...stage, parts };
  return isStorable(totalOf(next)) ? next : status('amount_out_of_range');
}

/**
 * Takes a value out of a stage: first what nobody holds, then what is held, with the claims on
 * it, so that a claim stays covered as long as enough goods stay behind (L2).
 */
export function taken(
  stage: GoodsStage,
  value: bigint,
): { readonly rest: GoodsStage; readonly parts: readonly LineagePart[] } {
  let left = value;
  const free = stage.parts.map((part) => {
    const some = smaller(freeIn(part), left);
    left -= some;
    return some;
  });
  const parts: LineagePart[] = [];
  const rest = stage.parts.map((part, index) => {
    const held = smaller(part.value - freeIn(part), left);
    left -= held;
    const { kept, gone } = splitClaims(part.claims, held);
    const out = (free[index] ?? 0n) + held;
    if (out > 0n) parts.push({ lineage: part.lineage, value: out, claims: gone });
    return { ...part, value: part.value - out, claims: kept };
  });
  assert(left === 0n, 'goodsStage: more taken than there is');
  return { rest: { ...stage, parts: rest.filter((part) => part.value > 0n) }, parts };
}

/** A stage on which one claimant gives up a value, or all that it holds there. */
export function withoutClaim(stage: GoodsStage, by: string, value: bigint): GoodsStage {
  let left = value;
  const parts = stage.parts.map((part) => ({
    ...part,
    claims: part.claims
      .map((claim) => {
        if (claim.by !== by) return claim;
        const given = smaller(claim.value, left);
        left -= given;
        return { ...claim, value: claim.value - given };
      })
      .filter((claim) => claim.value > 0n),
  }));
  return { ...stage, parts };
}

/**
 * A stage on which a claimant holds a value: what it holds already, what its own holder holds by
 * an earlier financing (which moves into this one), then what is free. No quantity is held twice
 * (L2): with less than that the goods are financed already.
 */
export function claimed(
  stage: GoodsStage,
  claim: { readonly by: string; readonly holder: GoodsClaim['holder']; readonly value: bigint },
): GoodsStage | Status {
  let left = claim.value - heldBy(stage, claim.by);
  const passed = stage.parts.map((part) => {
    const claims = part.claims.map((one) => {
      if (one.by === claim.by || one.holder !== claim.holder || left <= 0n) return one;
      const some = smaller(one.value, left);
      left -= some;
      return { ...one, value: one.value - some };
    });
    const before = part.claims.reduce((sum, one) => sum + one.value, 0n);
    const after = claims.reduce((sum, one) => sum + one.value, 0n);
    return {
      part: { ...part, claims: claims.filter((one) => one.value > 0n) },
      won: before - after,
    };
  });
  const parts = passed.map(({ part, won }) => {
    const some = left > 0n ? smaller(freeIn(part) - won, left) : 0n;
    left -= some;
    return { part, won: won + some };
  });
  if (left > 0n) return status('already_financed');
  const { by, holder } = claim;
  const next = {
    ...stage,
    parts: parts.map(({ part, won }) => {
      if (won === 0n) return part;
      return { ...part, claims: joinedClaims(part.claims, [{ by, holder, value: won }]) };
    }),
  };
  const fits = next.parts.every((part) => part.claims.length <= limits.claimsPerLineagePartMax);
  return fits ? next : status('bound_exceeded');
}

/** The steps that one claimant holds at a stage. */
export function heldBy(stage: GoodsStage, by: string): bigint {
  const claims = stage.parts.flatMap((part) => part.claims);
  return claims.reduce((sum, claim) => sum + (claim.by === by ? claim.value : 0n), 0n);
}

function freeIn(part: LineagePart): bigint {
  return part.claims.reduce((free, claim) => free - claim.value, part.value);
}

function joinedClaims(
  claims: readonly GoodsClaim[],
  more: readonly GoodsClaim[],
): LineagePart['claims'] {
  const all = [...claims];
  for (const claim of more) {
    const index = all.findIndex((one) => one.by === claim.by);
    const former = all[index];
    if (former === undefined) all.push(claim);
    else all[index] = { ...former, value: former.value + claim.value };
  }
  return all;
}

/** The oldest claims go first with what leaves. */
function splitClaims(
  claims: readonly GoodsClaim[],
  value: bigint,
): { readonly kept: GoodsClaim[]; readonly gone: GoodsClaim[] } {
  let left = value;
  const kept: GoodsClaim[] = [];
  const gone: GoodsClaim[] = [];
  for (const claim of claims) {
    const some = smaller(claim.value, left);
    left -= some;
    if (some > 0n) gone.push({ ...claim, value: some });
    if (claim.value > some) kept.push({ ...claim, value: claim.value - some });
  }
  return { kept, gone };
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
