import {
  compareText,
  type Day,
  dayFromTime,
  nextBusinessDay,
  type TimeMs,
} from '@triflow/protocol';
import { type Published, publishedOn, registrationInForce } from './effectiveness.js';
import { type Excluded, exclusionOf } from './exclusion.js';
import type { RankCase } from './rankCase.js';
import type { Lien, LienClass } from './schema.js';

export { loadRankCase, type RankCase } from './rankCase.js';

/** The rules that an answer was made by; another reading of the law is another name. */
export const RULE_SET = 'CN-CivilCode-2021/1';

/** Days from delivery within which a purchase-money interest must be registered (416). */
const PURCHASE_MONEY_DAYS = 10;

const PRICE_CLASSES: readonly LienClass[] = ['PURCHASE_MONEY', 'TITLE_RETENTION', 'FINANCE_LEASE'];
const PLEDGE_CLASSES: readonly LienClass[] = ['PLEDGE_RECEIPT', 'PLEDGE_GOODS'];

export interface RankGroup {
  readonly lienIds: readonly string[];
  readonly sharing: 'whole' | 'pro_rata';
  readonly basis: { readonly kind: BasisKind; readonly time?: TimeMs };
  readonly articles: readonly string[];
}

export type BasisKind =
  | 'possession'
  | 'purchase_money'
  | Published['kind']
  | 'publicity'
  | 'notice'
  | 'unpublished';

export interface RankFlag {
  readonly flag: 'needs_determination' | 'counsel';
  readonly lienIds: readonly string[];
  readonly articles: readonly string[];
}

/** Groups in order of right; what is not in them is excluded or awaits a determination. */
export interface Ranking {
  readonly groups: readonly RankGroup[];
  readonly excluded: readonly Excluded[];
  readonly flags: readonly RankFlag[];
  readonly ruleSet: string;
}

/**
 * Ranks the liens on an asset by statute (domain 3.6, L3): retention (456), purchase money (416,
 * Interp. 57), published interests by time (414, 415, Interp. 59), unpublished ones pro rata
 * (414(3)); claims by registration, notice, pro rata (768, Interp. 66). Where the statute gives no
 * order it says so and invents nothing. Pure: equal cases, equal answers.
 */
export function rank(input: RankCase): Ranking {
  const sorted = [...input.liens].sort((a, b) => compareText(a.id, b.id));
  const excluded: Excluded[] = [];
  const contest: Lien[] = [];
  for (const lien of sorted) {
    const exclusion = exclusionOf(lien, input);
    if (exclusion === undefined) contest.push(lien);
    else excluded.push(exclusion);
  }
  const ordered =
    input.subject === 'goods' ? rankGoods(contest, input) : rankClaims(contest, input);
  return { ...ordered, excluded, ruleSet: RULE_SET };
}

/** Whether a lien has the rank of 416: it secures the price, registered in the ten days. */
export function hasPurchaseMoneyRank(lien: Lien, day: Day, holidays: readonly Day[]): boolean {
  const { deliveredOn, registeredAt, timeUnknown } = lien.publicity;
  if (!PRICE_CLASSES.includes(lien.class) || lien.securesPrice !== true) return false;
  if (deliveredOn === undefined || registeredAt === undefined || timeUnknown === true) return false;
  const last = nextBusinessDay(deliveredOn + PURCHASE_MONEY_DAYS, new Set(holidays));
  return registrationInForce(lien.publicity, day) && dayFromTime(registeredAt) <= last;
}

type Ordered = Pick<Ranking, 'groups' | 'flags'>;

function rankGoods(contest: readonly Lien[], input: RankCase): Ordered {
  const day = dayFromTime(input.timeMs);
  const retained = contest.filter((lien) => lien.class === 'RETENTION');
  const others = contest.filter((lien) => lien.class !== 'RETENTION');
  const first = others.filter((lien) => hasPurchaseMoneyRank(lien, day, input.holidays));
  const rest = others.filter((lien) => !first.includes(lien));
  const published = rest.filter((lien) => publishedOn(lien, day) !== undefined);
  const unpublished = rest.filter((lien) => publishedOn(lien, day) === undefined);
  if (retained.length > 1) return undetermined([], contest, ['456']);
  const groups = retained.map((lien) => group([lien], 'possession', lien.effectiveAt, ['456']));
  if (isContradictory(first, published, day)) return undetermined(groups, others, ['414', '416']);
  groups.push(...byTime(first, (lien) => lien.publicity.registeredAt, purchaseMoneyGroup));
  const middle = rankPublished(published, day);
  if (middle === undefined) return undetermined(groups, rest, ['414', 'Interp. 59']);
  groups.push(...middle.groups);
  if (unpublished.length > 0) groups.push(group(unpublished, 'unpublished', undefined, ['414(3)']));
  return { groups, flags: middle.flags };
}

/**
 * 416 puts the buyer's purchase-money creditor before others that the same buyer granted; it does
 * not reach an earlier owner's creditor, whose older publicity 414 would put first.
 */
function isContradictory(first: readonly Lien[], published: readonly Lien[], day: Day): boolean {
  return first.some((lien) =>
    [...first, ...published].some((other) => {
      if (other.grantor === lien.grantor) return false;
      const time = publishedOn(other, day)?.time;
      const own = lien.publicity.registeredAt;
      return time === undefined || own === undefined || time <= own;
    }),
  );
}

function rankPublished(published: readonly Lien[], day: Day): Ordered | undefined {
  const timeOf = (lien: Lien) => publishedOn(lien, day)?.time;
  const times = new Set(published.map(timeOf));
  const anyUnknown = times.delete(undefined);
  const articlesOf = (liens: readonly Lien[]) => articlesOfPublished(liens, published);
  if (anyUnknown && times.size > 1) return undefined;
  const groups = anyUnknown
    ? [group(published, 'unknown', undefined, articlesOf(published))]
    : byTime(published, timeOf, (liens, time) => {
        const kinds = new Set(liens.map((lien) => publishedOn(lien, day)?.kind ?? 'unknown'));
        const [kind] = kinds;
        const basis = kinds.size === 1 && kind !== undefined ? kind : 'publicity';
        return group(liens, basis, time, articlesOf(liens));
      });
  const doubtful = groups
    .filter(({ sharing }) => sharing === 'pro_rata')
    .map(({ lienIds }) => published.filter((lien) => lienIds.includes(lien.id)))
    .filter((liens) => !liens.every((lien) => lien.class === 'PLEDGE_RECEIPT'));
  const flags = doubtful.map((liens) => ({
    flag: 'counsel' as const,
    lienIds: liens.map((lien) => lien.id),
    articles: ['Interp. 59'],
  }));
  return { groups, flags };
}

/** Claims: registered, by time; then by notice to the debtor; then pro rata (768, Interp. 66). */
function rankClaims(contest: readonly Lien[], input: RankCase): Ordered {
  const day = dayFromTime(input.timeMs);
  const articles = ['768', 'Interp. 66'];
  const registered = contest.filter(({ publicity }) => registrationInForce(publicity, day));
  const later = contest.filter((lien) => !registered.includes(lien));
  const noticed = later.filter(({ publicity }) => publicity.noticeAt !== undefined);
  const neither = later.filter((lien) => !noticed.includes(lien));
  const groups = [
    ...byTime(
      registered,
      ({ publicity }) => publicity.registeredAt,
      (liens, time) => group(liens, 'registration', time, articles),
    ),
    ...byTime(
      noticed,
      ({ publicity }) => publicity.noticeAt,
      (liens, time) => group(liens, 'notice', time, articles),
    ),
  ];
  if (neither.length > 0) groups.push(group(neither, 'unpublished', undefined, articles));
  return { groups, flags: [] };
}

/** One group for each time, earliest first; equal times share (R5: a block gives no order). */
function byTime(
  liens: readonly Lien[],
  timeOf: (lien: Lien) => TimeMs | undefined,
  groupOf: (liens: readonly Lien[], time: TimeMs) => RankGroup,
): RankGroup[] {
  const times = [...new Set(liens.map((lien) => timeOf(lien) ?? 0))].sort((a, b) => a - b);
  return times.map((time) =>
    groupOf(
      liens.filter((lien) => (timeOf(lien) ?? 0) === time),
      time,
    ),
  );
}

function purchaseMoneyGroup(liens: readonly Lien[], time: TimeMs): RankGroup {
  return group(liens, 'purchase_money', time, ['416', 'Interp. 57']);
}

function group(
  liens: readonly Lien[],
  kind: BasisKind,
  time: TimeMs | undefined,
  articles: readonly string[],
): RankGroup {
  return {
    lienIds: liens.map((lien) => lien.id),
    sharing: liens.length === 1 ? 'whole' : 'pro_rata',
    basis: time === undefined ? { kind } : { kind, time },
    articles,
  };
}

/** Mortgages among themselves 414, a pledge among them 415, receipts Interp. 59. */
function articlesOfPublished(liens: readonly Lien[], all: readonly Lien[]): string[] {
  const isPledge = (lien: Lien) => PLEDGE_CLASSES.includes(lien.class);
  const articles: string[] = [];
  if (liens.some((lien) => !isPledge(lien))) articles.push('414');
  if (all.some(isPledge)) articles.push('415');
  if (liens.some((lien) => lien.class === 'PLEDGE_RECEIPT')) articles.push('Interp. 59');
  return articles;
}

/** What stands certain is said; everything else awaits a determination. */
function undetermined(
  groups: readonly RankGroup[],
  open: readonly Lien[],
  articles: readonly string[],
): Ordered {
  const lienIds = open.map((lien) => lien.id);
  return { groups, flags: [{ flag: 'needs_determination', lienIds, articles }] };
}
