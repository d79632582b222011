import { dayFromTime } from '@triflow/protocol';
import { isEffectiveOn, registrationInForce } from './effectiveness.js';
import type { RankCase } from './rankCase.js';
import type { Lien, LienClass } from './schema.js';

const CLAIM_CLASSES: readonly LienClass[] = ['FACTORING', 'RECEIVABLE_PLEDGE', 'ASSIGNMENT'];

export type ExclusionReason =
  | 'not_on_this_asset'
  | 'not_effective'
  | 'not_registered'
  | 'registration_lapsed'
  | 'possession_ended'
  | 'outside_description'
  | 'joined_after_crystallisation'
  | 'ended';

/** A lien that takes no part in an order, and why. */
export interface Excluded {
  readonly lien: string;
  readonly reason: ExclusionReason;
  readonly articles: readonly string[];
}

/** Why a lien takes no part in the contest over an asset; undefined for one that does. */
export function exclusionOf(lien: Lien, input: RankCase): Excluded | undefined {
  const found = reasonOf(lien, input);
  if (found === undefined) return undefined;
  const [reason, ...articles] = found;
  return { lien: lien.id, reason, articles };
}

function reasonOf(lien: Lien, input: RankCase): [ExclusionReason, ...string[]] | undefined {
  const day = dayFromTime(input.timeMs);
  const onClaims = CLAIM_CLASSES.includes(lien.class);
  if (onClaims !== (input.subject === 'claim')) return ['not_on_this_asset'];
  if (lien.state === 'RELEASED' || lien.state === 'ENFORCED' || lien.state === 'MOVED') {
    return ['ended', '393'];
  }
  const { publicity } = lien;
  const lapsed = publicity.registeredAt !== undefined && !registrationInForce(publicity, day);
  if (lien.class === 'RECEIVABLE_PLEDGE' && !registrationInForce(publicity, day)) {
    return lapsed ? ['registration_lapsed', '445'] : ['not_registered', '445'];
  }
  if (lien.class === 'RETENTION' && publicity.possession !== true)
    return ['possession_ended', '457'];
  if (!isEffectiveOn(lien, day)) {
    return lapsed ? ['registration_lapsed', '441'] : ['not_effective', articleOfEffect(lien.class)];
  }
  return lien.asset.kind === 'stock' ? outsideCover(lien, input) : undefined;
}

/** A floating lien covers what its grantor has of the wares described; after 411 no later stock. */
function outsideCover(lien: Lien, { goods }: RankCase): [ExclusionReason, ...string[]] | undefined {
  const owned = goods?.owners.includes(lien.grantor) === true;
  if (goods === undefined || !owned) return ['outside_description', '396'];
  const { skus = [], warehouses = [] } = lien.covers ?? {};
  const sku = skus.length === 0 || skus.includes(goods.sku);
  const place = warehouses.length === 0 || warehouses.some((one) => one === goods.warehouse);
  if (!sku || !place) return ['outside_description', '396'];
  const fixedAt = lien.crystallised?.at;
  const later = fixedAt !== undefined && goods.since > fixedAt;
  return later ? ['joined_after_crystallisation', '411'] : undefined;
}

function articleOfEffect(lienClass: LienClass): string {
  if (lienClass === 'PLEDGE_RECEIPT') return '441';
  return lienClass === 'PLEDGE_GOODS' ? 'Interp. 55' : '403';
}
