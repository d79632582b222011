import {
  commonStatus,
  type Day,
  endOfDay,
  isStorable,
  limits,
  OK,
  type Price,
  type Quantity,
  type ReadContext,
  type Status,
} from '@triflow/protocol';
import { findLien, type Lien, lienFor, liensOnAsset, standing } from '../lien/internal.js';
import { isOutsideFence } from '../monitoring/internal.js';
import { currentPrice } from '../price-feed/internal.js';
import { findReceipt } from '../warehouse-receipt/internal.js';
import {
  type Collateral,
  type CollateralGap,
  collateralOf,
  placesOf,
  type WhatIf,
} from './collateral.js';
import { cappedPrice, goodsValue } from './ltv.js';
import type { Facility, Item, ItemTerms } from './schema.js';

const ITEM_FRAME_BYTES = 152;
const CAP_BYTES = 64;
const HAIRCUT_MAX_BPS = 10_000;

/** Why an item counts nothing. */
export type LeftOut =
  | 'item_not_pledged'
  | 'lien_not_effective'
  | 'item_is_junior'
  | CollateralGap
  | 'outside_fence'
  | 'verification_expired'
  | 'storage_period_over'
  | 'insurance_missing'
  | 'price_not_final'
  | 'price_is_stale'
  | 'unit_does_not_match'
  | 'currency_does_not_match'
  | 'amount_out_of_range';

/** How one item stands now: its goods, its lien, its price, its value or why it has none. */
export interface ItemStanding {
  readonly item: Item;
  readonly lien?: Lien;
  readonly quantity?: Quantity;
  readonly priced?: PricedBy;
  /** The agreed haircut, and what a count that is off adds (A3). */
  readonly haircutBps: number;
  readonly valueMinor: bigint;
  readonly leftOut?: LeftOut;
}

export interface PricedBy {
  readonly feed: string;
  readonly round: number;
  readonly price: Price;
  readonly observedAt: number;
  readonly sourceDay?: number | undefined;
}

/**
 * A facility's items as they are now: a receipt that was split is followed to its parts, which
 * inherit its terms. Past `itemsPerFacilityMax` a split receipt stays as it is and counts nothing;
 * splits of pledged receipts keep within the bound (`splitProblem`).
 */
export function currentItems(context: ReadContext, facility: Facility): readonly Item[] {
  const leaves: Item[] = [];
  const open = [...facility.items].reverse();
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const children = childrenOf(context, item.asset);
    const fits = leaves.length + open.length + children.length <= limits.itemsPerFacilityMax;
    if (children.length === 0 || !fits) leaves.push(item);
    else for (const child of [...children].reverse()) open.push({ ...item, asset: child });
  }
  return leaves;
}

/** Whether a facility's record can hold items: by their number and by their written size (R14). */
export function itemRoomProblem(items: readonly ItemTerms[]): Status {
  const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
  const fits = items.length <= limits.itemsPerFacilityMax && bytes <= limits.facilityItemsBytesMax;
  return fits ? OK : commonStatus('bound_exceeded');
}

/** An item with the price at which money is lent on it: a later fall is measured from it (433). */
export function withBasePrice(context: ReadContext, item: Item): Item {
  const priced = currentPrice(context, item.feed);
  return priced === undefined ? item : { ...item, basePrice: priced.price.value };
}

/** At most what an item takes in the record: its texts, and names and numbers around them. */
function itemBytes({ asset, feed, priceCap }: ItemTerms): number {
  return asset.length + feed.length + ITEM_FRAME_BYTES + (priceCap === undefined ? 0 : CAP_BYTES);
}

/** How an item stands: it counts only if every condition of domain 3.7 holds, else nothing. */
export function itemStanding(
  context: ReadContext,
  facility: Facility,
  item: Item,
  whatIf?: WhatIf,
): ItemStanding {
  const lien = lienFor(context, item.asset, facility);
  const goods = collateralOf(context, facility.lender, item.asset, whatIf);
  const found = currentPrice(context, item.feed);
  const priced = found === undefined ? undefined : { feed: item.feed, ...found };
  const facts = {
    item,
    ...(lien === undefined ? {} : { lien }),
    ...(goods?.quantity === undefined ? {} : { quantity: goods.quantity }),
    ...(priced === undefined ? {} : { priced }),
    haircutBps: Math.min(HAIRCUT_MAX_BPS, item.haircutBps + (goods?.haircutBps ?? 0)),
  };
  const leftOut =
    legalGap(context, item, lien, goods) ?? priceGap(facility, goods?.quantity, found);
  if (leftOut !== undefined || goods?.quantity === undefined || found === undefined) {
    return { ...facts, valueMinor: 0n, leftOut: leftOut ?? 'price_not_final' };
  }
  const price = cappedPrice(found.price, item.priceCap);
  const worth = goodsValue(goods.quantity, price, facts.haircutBps);
  const valueMinor = item.junior === true ? leftBySeniors(context, lien, worth) : worth;
  if (!isStorable(valueMinor)) return { ...facts, valueMinor: 0n, leftOut: 'amount_out_of_range' };
  return { ...facts, valueMinor };
}

/** What stays of an item once the liens before a junior one are paid in full (F4). */
function leftBySeniors(context: ReadContext, own: Lien | undefined, worth: bigint): bigint {
  if (own === undefined) return 0n;
  let left = worth;
  for (const entry of liensOnAsset(context, own.asset.id)) {
    const other = entry.lien === own.id ? undefined : findLien(context, entry.lien);
    if (other === undefined) continue;
    if (other.securedMax.currency !== own.securedMax.currency) return 0n;
    left -= other.securedMax.minor;
  }
  return left > 0n ? left : 0n;
}

function childrenOf(context: ReadContext, asset: string): readonly string[] {
  const receipt = asset.startsWith('wr_') ? findReceipt(context, asset) : undefined;
  return receipt?.state === 'SPLIT' ? receipt.children : [];
}

/** Assets, and the lots or pens that they are in: where an alert on the goods may stand (N2). */
export function alertAssets(context: ReadContext, assets: readonly string[]): readonly string[] {
  return [...new Set(assets.flatMap((asset) => placesOf(context, asset)))];
}

/** Receipts whose storage period ends before the debt is due (442: TERM_MISMATCH). */
export function termMismatches(
  context: ReadContext,
  items: readonly Item[],
  maturity: Day,
): readonly string[] {
  return items.flatMap(({ asset }) => {
    const receipt = asset.startsWith('wr_') ? findReceipt(context, asset) : undefined;
    return receipt !== undefined && receipt.items.storagePeriod.to < maturity ? [asset] : [];
  });
}

function legalGap(
  context: ReadContext,
  item: Item,
  lien: Lien | undefined,
  goods: Collateral | undefined,
): LeftOut | undefined {
  if (lien === undefined || goods === undefined) return 'item_not_pledged';
  if (!standing(lien, context.day).effective) return 'lien_not_effective';
  if (!lien.exclusive && item.junior !== true) return 'item_is_junior';
  if (goods.gap !== undefined) return goods.gap;
  const places = placesOf(context, item.asset);
  if (places.some((place) => isOutsideFence(context, place))) return 'outside_fence';
  const { verifiedAt, verifiedWithinMs } = item;
  const verified = verifiedAt !== undefined && context.timeMs - verifiedAt <= verifiedWithinMs;
  if (!verified) return 'verification_expired';
  const { keptTo, insured } = goods;
  if (keptTo !== undefined && context.timeMs > endOfDay(keptTo)) return 'storage_period_over';
  return item.insuranceRequired && !insured ? 'insurance_missing' : undefined;
}

function priceGap(
  facility: Facility,
  quantity: Quantity | undefined,
  found: ReturnType<typeof currentPrice>,
): LeftOut | undefined {
  if (found === undefined || found.state === 'UNCONFIRMED') return 'price_not_final';
  if (!found.fresh) return 'price_is_stale';
  if (found.price.unit !== quantity?.unit) return 'unit_does_not_match';
  return found.price.currency === facility.limit.currency ? undefined : 'currency_does_not_match';
}
