import type { ReadContext, Status } from '@triflow/protocol';
import { findLien, type Lien, loadRankCase, rank } from '../lien/internal.js';
import { isStatus } from '../status.js';
import { status } from './statusCodes.js';

/** The liens on an asset in the order of the statute. */
export interface AssetRanking {
  readonly groups: readonly {
    readonly liens: readonly Lien[];
    readonly articles: readonly string[];
  }[];
  readonly ruleSet: string;
}

/**
 * The order in which the liens on an asset are paid, as the register ranks them now. Where the
 * statute gives no order the program invents none: `priority_not_determined`, a court decides.
 */
export function rankingOf(context: ReadContext, asset: string): AssetRanking | Status {
  const found = loadRankCase(context, asset);
  if (isStatus(found)) return found;
  const { groups, flags, ruleSet } = rank(found);
  if (flags.some(({ flag }) => flag === 'needs_determination')) {
    return status('priority_not_determined');
  }
  const loaded = groups.map(({ lienIds, articles }) => ({
    articles,
    liens: lienIds.flatMap((id) => findLien(context, id) ?? []),
  }));
  return { groups: loaded, ruleSet };
}
