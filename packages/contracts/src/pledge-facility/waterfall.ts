import { type PartyId, shareProRata } from '@triflow/protocol';
import { lesser } from '../lesser.js';
import type { DistributionLine } from './schema.js';

/** What is owed under one debt, in the order in which it is paid (561). */
export interface DebtParts {
  readonly costsMinor: bigint;
  readonly interestMinor: bigint;
  readonly principalMinor: bigint;
  readonly penaltiesMinor: bigint;
  /** Secured but not stated by its holder: kept back for it. */
  readonly reservedMinor: bigint;
}

/** A lien's claim on the proceeds of one asset. */
export interface WaterfallClaim extends DebtParts {
  readonly lien: string;
  readonly holder: PartyId;
  /** The most that the lien secures (L4; Interp. 15). */
  readonly securedMaxMinor: bigint;
}

/** Claims of one rank; they share pro rata. */
export interface WaterfallGroup {
  readonly articles: readonly string[];
  readonly claims: readonly WaterfallClaim[];
}

export interface WaterfallInput {
  readonly asset: string;
  readonly proceedsMinor: bigint;
  /** Costs of the enforcement, and who laid them out. */
  readonly costsMinor: bigint;
  readonly costsTo: PartyId;
  /** Best rank first; RETENTION stands before all others (456). */
  readonly groups: readonly WaterfallGroup[];
  readonly surplusTo: PartyId;
}

const PARTS = ['costs', 'interest', 'principal', 'penalties', 'reserved'] as const;

/**
 * Shares the proceeds of an asset: enforcement costs, then the groups of `rank` in order, inside a
 * group pro rata (R4), inside a lien costs, interest, principal (561), and what is left to the
 * pledgor (438). The lines add up to the proceeds, to the minor unit.
 */
export function waterfall(input: WaterfallInput): DistributionLine[] {
  const { asset } = input;
  const lines: DistributionLine[] = [];
  let left = input.proceedsMinor;
  const costs = lesser(left, input.costsMinor);
  if (costs > 0n) {
    const articles = ['389', '561'];
    lines.push({
      asset,
      part: 'enforcement_costs',
      to: input.costsTo,
      articles,
      amountMinor: costs,
    });
    left -= costs;
  }
  for (const group of input.groups) {
    const claims = group.claims.filter((claim) => securedMinor(claim) > 0n);
    const weights = claims.map(securedMinor);
    const owed = weights.reduce((sum, weight) => sum + weight, 0n);
    const shares = shareProRata(lesser(left, owed), weights) ?? [];
    for (const [index, claim] of claims.entries()) {
      const share = shares[index] ?? 0n;
      lines.push(...insideLien(asset, claim, group.articles, share));
      left -= share;
    }
  }
  if (left > 0n) {
    const { surplusTo: to } = input;
    lines.push({ asset, part: 'surplus', to, articles: ['438'], amountMinor: left });
  }
  return lines;
}

/** min(debt, registered maximum) (L4; Interp. 15). */
export function securedMinor(claim: WaterfallClaim): bigint {
  const owed = PARTS.reduce((sum, part) => sum + claim[`${part}Minor`], 0n);
  return claim.securedMaxMinor <= 0n ? 0n : lesser(owed, claim.securedMaxMinor);
}

/** Civil Code 561: costs, then interest, then principal. */
function insideLien(
  asset: string,
  claim: WaterfallClaim,
  articles: readonly string[],
  shareMinor: bigint,
): DistributionLine[] {
  const lines: DistributionLine[] = [];
  let left = shareMinor;
  for (const part of PARTS) {
    const amountMinor = lesser(left, claim[`${part}Minor`]);
    if (amountMinor === 0n) continue;
    const { lien, holder: to } = claim;
    lines.push({ asset, part, to, lien, articles: [...articles, '561'], amountMinor });
    left -= amountMinor;
  }
  return lines;
}
