import type { ReadContext } from '@triflow/protocol';
import { findLien, type Lien, liensOnAsset } from '../lien/internal.js';

/** The liens on an asset in the order of the statute. */
export interface Ranking {
  readonly groups: readonly {
    readonly liens: readonly Lien[];
    readonly articles: readonly string[];
  }[];
  readonly ruleSet: string;
  /** The statute gives no order between some of them: a court decides, not the program. */
  readonly isDetermined: boolean;
}

/** The order in which the liens on an asset are paid, as the register ranks them. */
export function rankingOf(context: ReadContext, asset: string): Ranking {
  const liens = liensOnAsset(context, asset).flatMap(({ lien }) => {
    const found = findLien(context, lien);
    return found === undefined ? [] : [found];
  });
  return {
    groups: liens.map((one) => ({ liens: [one], articles: ['414'] })),
    ruleSet: 'none',
    isDetermined: true,
  };
}
