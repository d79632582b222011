import { type Day, OK, type PartyId, type ReadContext, type Status } from '@triflow/protocol';
import type { StateView } from '../invariant.js';
import { isEffectiveOn, registrationInForce } from './effectiveness.js';
import { claimants, lienProofKeys, liens, onAsset, stages } from './keys.js';
import { isLive } from './lifecycle.js';
import type { AssetLien, GoodsStage, Lien } from './schema.js';
import { status } from './statusCodes.js';

export {
  claimProblem,
  freeAt,
  type GoodsMove,
  holdableAt,
  quantityAt,
  stageAt,
} from './lineage.js';
export { opposable } from './opposable.js';
export { ordinaryBuyer } from './ordinaryBuyer.js';
export { loadRankCase, type RankCase, type RankGroup, type Ranking, rank } from './rank.js';
export type { AssetLien, Lien } from './schema.js';
export { securedSum } from './securedSum.js';
export { lienProofKeys };

/**
 * What other contracts may use: these readers, for a waterfall `loadRankCase` and `rank`, and by
 * `context.call('lien', …)` the internal commands. Liens: `create_exclusive`, `move`,
 * `record_release`, `record_enforced`, `record_control`, `record_registration`, `record_notice`. Lineage of goods:
 * `add_goods`, `carry_goods`, `end_goods`, `claim_goods`, `release_goods`.
 */

/** The live liens of an asset; empty when nothing encumbers it. */
export function liensOnAsset(context: ReadContext, asset: string): readonly AssetLien[] {
  return context.get(onAsset, asset)?.liens ?? [];
}

/** Whether any live lien burdens an asset. */
export function isEncumbered(context: ReadContext, asset: string): boolean {
  return liensOnAsset(context, asset).length > 0;
}

/** Whether an exclusive live lien burdens an asset. */
export function hasExclusiveLien(context: ReadContext, asset: string): boolean {
  return liensOnAsset(context, asset).some((lien) => lien.exclusive);
}

/** Refuses where any live lien burdens one of the assets: one asset backs one claim. */
export function encumbranceProblem(context: ReadContext, ...assets: string[]): Status {
  const taken = assets.some((asset) => isEncumbered(context, asset));
  return taken ? status('asset_already_encumbered') : OK;
}

/** A lien's record, or undefined. */
export function findLien(context: ReadContext, id: string): Lien | undefined {
  return context.get(liens, id);
}

/** A debt by its creditor's name for it: two creditors may call theirs alike. */
export interface SecuredDebt {
  readonly id: string;
  readonly lender: PartyId;
}

/** Whether a lien secures a debt: it names the debt, and the debt's creditor holds it. */
export function secures(lien: Pick<Lien, 'debtRef' | 'holder'>, debt: SecuredDebt): boolean {
  return lien.debtRef === debt.id && lien.holder === debt.lender;
}

/** The live lien on an asset that secures one debt, or undefined. */
export function lienFor(context: ReadContext, asset: string, debt: SecuredDebt): Lien | undefined {
  for (const { lien } of liensOnAsset(context, asset)) {
    const found = findLien(context, lien);
    if (found !== undefined && secures(found, debt)) return found;
  }
  return undefined;
}

/** How a lien stands on a day: effective by its class; registered, and not lapsed. */
export function standing(
  lien: Lien,
  day: Day,
): { readonly effective: boolean; readonly registered: boolean } {
  return {
    effective: isEffectiveOn(lien, day),
    registered: registrationInForce(lien.publicity, day),
  };
}

/** A lien that still burdens its asset, or why there is none. */
export function liveLien(context: ReadContext, id: string): Lien | Status {
  const lien = findLien(context, id);
  if (lien === undefined) return status('object_not_found');
  return isLive(lien.state) ? lien : status('state_forbids_command');
}

/** The live liens of an asset, to a check over a whole state. */
export function liensOnAssetIn(state: StateView, asset: string): readonly AssetLien[] {
  return state.read(onAsset, asset)?.liens ?? [];
}

/** The goods at a stage, to a check over a whole state. */
export function stageIn(state: StateView, stage: string): GoodsStage | undefined {
  return state.read(stages, stage);
}

/** Who holds how much of each part of the goods at a stage, to a check over a whole state. */
export function holdsAtIn(
  state: StateView,
  stage: string,
): readonly {
  readonly value: bigint;
  readonly holders: readonly PartyId[];
  readonly held: bigint;
}[] {
  const live = (by: string) => {
    const claimant = state.read(claimants, by);
    return claimant?.state === 'HOLDING' ? [claimant.holder] : [];
  };
  return (state.read(stages, stage)?.parts ?? []).map(({ value, claims }) => {
    const standing = claims.filter((claim) => live(claim.by).length > 0);
    const held = standing.reduce((sum, claim) => sum + claim.value, 0n);
    return { value, held, holders: standing.flatMap((claim) => live(claim.by)) };
  });
}

/** A lien's record, to a check over a whole state. */
export function findLienIn(state: StateView, id: string): Lien | undefined {
  return state.read(liens, id);
}
