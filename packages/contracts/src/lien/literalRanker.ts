import { compareText, type Day } from '@triflow/protocol';
import type { RankCase } from './rankCase.js';
import type { Lien } from './schema.js';

/**
 * A second ranker for tests: slow, pair by pair, written from the text of the articles without
 * the first one's code. It answers the order as groups of ids, or that there is none.
 */
type Relation = 'before' | 'after' | 'together' | 'undetermined';

const DAY_MS = 86_400_000;

export function literalRank(input: RankCase): {
  readonly groups: readonly (readonly string[])[];
  readonly open: boolean;
} {
  const contest = input.liens.filter((lien) => takesPart(lien, input));
  const relation = input.subject === 'goods' ? goodsRelation : claimsRelation;
  const related = (a: Lien, b: Lien) => relation(a, b, input);
  const pairs = contest.flatMap((a) => contest.filter((b) => b !== a).map((b) => ({ a, b })));
  if (pairs.some(({ a, b }) => related(a, b) === 'undetermined')) return { groups: [], open: true };
  const groups: string[][] = [];
  let left = contest;
  while (left.length > 0) {
    const first = left.filter((a) => left.every((b) => a === b || related(a, b) !== 'after'));
    const clear = first.every((a) =>
      left.every((b) => a === b || first.includes(b) === (related(a, b) === 'together')),
    );
    if (first.length === 0 || !clear) return { groups: [], open: true };
    groups.push(first.map((lien) => lien.id).sort(compareText));
    left = left.filter((lien) => !first.includes(lien));
  }
  return { groups, open: false };
}

function takesPart(lien: Lien, input: RankCase): boolean {
  const today = dayOf(input.timeMs);
  const isClaimLien = ['FACTORING', 'RECEIVABLE_PLEDGE', 'ASSIGNMENT'].includes(lien.class);
  if (isClaimLien !== (input.subject === 'claim')) return false;
  if (lien.state !== 'EFFECTIVE' && lien.state !== 'CRYSTALLISED') return false;
  // 445: no registration, no pledge of a claim.
  if (lien.class === 'RECEIVABLE_PLEDGE') return isRegistered(lien, today);
  // 457: who loses the goods loses the retention.
  if (lien.class === 'RETENTION' && lien.publicity.possession !== true) return false;
  const filed = lien.class !== 'PLEDGE_RECEIPT' || lien.basis === 'endorsement';
  if (!filed && !isRegistered(lien, today)) return false;
  if (lien.asset.kind !== 'stock') return true;
  const { goods } = input;
  if (goods === undefined || !goods.owners.includes(lien.grantor)) return false;
  const { skus, warehouses } = lien.covers ?? { skus: [], warehouses: [] };
  if (skus.length > 0 && !skus.includes(goods.sku)) return false;
  if (warehouses.length > 0 && !warehouses.includes(goods.warehouse)) return false;
  // 411: what joins the stock after it was fixed is outside.
  return lien.crystallised === undefined || goods.since <= lien.crystallised.at;
}

function goodsRelation(a: Lien, b: Lien, input: RankCase): Relation {
  // 456: retention before mortgage and pledge.
  if (a.class === 'RETENTION' && b.class === 'RETENTION') return 'undetermined';
  if (a.class === 'RETENTION') return 'before';
  if (b.class === 'RETENTION') return 'after';
  const today = dayOf(input.timeMs);
  const aPrice = hasPriceRank(a, today, input.holidays);
  const bPrice = hasPriceRank(b, today, input.holidays);
  if (aPrice && bPrice) {
    // Interp. 57(2): several on one buyer's goods by registration.
    if (a.grantor !== b.grantor) return 'undetermined';
    return compareTimes(a.publicity.registeredAt, b.publicity.registeredAt);
  }
  if (aPrice) return priceAgainst(a, b, today);
  if (bPrice) return opposite(priceAgainst(b, a, today));
  return publicityRelation(a, b, today);
}

/** 416 against what the same buyer granted; against others only where 414 says the same. */
function priceAgainst(price: Lien, other: Lien, today: Day): Relation {
  if (price.grantor === other.grantor) return 'before';
  const since = publicSince(other, today);
  if (since === undefined) return 'before';
  if (since === 'unknown') return 'undetermined';
  return (price.publicity.registeredAt ?? 0) < since ? 'before' : 'undetermined';
}

/** 414, 415, Interp. 59: earlier publicity first; none at all last; equal or unknown share. */
function publicityRelation(a: Lien, b: Lien, today: Day): Relation {
  const aSince = publicSince(a, today);
  const bSince = publicSince(b, today);
  if (aSince === undefined && bSince === undefined) return 'together';
  if (aSince === undefined) return 'after';
  if (bSince === undefined) return 'before';
  if (aSince === 'unknown' || bSince === 'unknown') return 'together';
  return compareTimes(aSince, bSince);
}

function publicSince(lien: Lien, today: Day): number | 'unknown' | undefined {
  const { publicity } = lien;
  if (publicity.timeUnknown) return 'unknown';
  if (lien.class === 'PLEDGE_GOODS') return publicity.controlAt;
  if (lien.class === 'PLEDGE_RECEIPT') {
    if (lien.basis === 'endorsement') return publicity.controlAt;
    if (lien.basis === 'registration') return publicity.registeredAt;
    return Math.max(publicity.controlAt ?? 0, publicity.registeredAt ?? 0);
  }
  return isRegistered(lien, today) ? publicity.registeredAt : undefined;
}

/** 768, Interp. 66: registered by time, then by the debtor's notice, then together. */
function claimsRelation(a: Lien, b: Lien, input: RankCase): Relation {
  const today = dayOf(input.timeMs);
  const aFiled = isRegistered(a, today);
  const bFiled = isRegistered(b, today);
  if (aFiled && bFiled) return compareTimes(a.publicity.registeredAt, b.publicity.registeredAt);
  if (aFiled) return 'before';
  if (bFiled) return 'after';
  const aNotice = a.publicity.noticeAt;
  const bNotice = b.publicity.noticeAt;
  if (aNotice !== undefined && bNotice !== undefined) return compareTimes(aNotice, bNotice);
  if (aNotice !== undefined) return 'before';
  return bNotice === undefined ? 'together' : 'after';
}

function hasPriceRank(lien: Lien, today: Day, holidays: readonly Day[]): boolean {
  const classes = ['PURCHASE_MONEY', 'TITLE_RETENTION', 'FINANCE_LEASE'];
  if (!classes.includes(lien.class) || !lien.securesPrice || lien.publicity.timeUnknown)
    return false;
  const { deliveredOn, registeredAt } = lien.publicity;
  if (deliveredOn === undefined || registeredAt === undefined) return false;
  let last = deliveredOn + 10;
  while (holidays.includes(last)) last += 1;
  return isRegistered(lien, today) && dayOf(registeredAt) <= last;
}

function isRegistered(lien: Lien, today: Day): boolean {
  const { registeredAt, registryValidTo } = lien.publicity;
  return registeredAt !== undefined && registryValidTo !== undefined && registryValidTo >= today;
}

function compareTimes(a: number | undefined, b: number | undefined): Relation {
  if (a === b) return 'together';
  return (a ?? 0) < (b ?? 0) ? 'before' : 'after';
}

function opposite(relation: Relation): Relation {
  if (relation === 'before') return 'after';
  return relation === 'after' ? 'before' : relation;
}

function dayOf(timeMs: number): Day {
  const shifted = timeMs + 8 * 3_600_000;
  return (shifted - (shifted % DAY_MS)) / DAY_MS;
}
