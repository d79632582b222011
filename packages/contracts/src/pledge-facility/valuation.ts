import {
  type CborMap,
  type CborValue,
  isStorable,
  powerOfTen,
  type Quantity,
  type ReadContext,
} from '@triflow/protocol';
import type { WhatIf } from './collateral.js';
import { type Owed, owedOn } from './interest.js';
import { currentItems, type ItemStanding, itemStanding } from './items.js';
import { cappedPrice, cashToCure, goodsToCure, goodsValue, quantityForValue } from './ltv.js';
import type { Facility } from './schema.js';

const INPUTS_DOMAIN = 'triflow/valuation/1';

/** L and V of a facility at a moment, with all that they were computed from. */
export interface Appraisal {
  readonly owed: Owed;
  readonly standings: readonly ItemStanding[];
  /** V: the sum of what counts; may be negative. */
  readonly valueMinor: bigint;
}

/** What would bring the debt to `cureToBps`. */
export interface CureSums {
  readonly cashMinor: bigint;
  readonly goodsValueMinor: bigint;
  /** Of goods like the first priced item's; undefined when goods cannot cure. */
  readonly goodsQuantity?: Quantity;
}

/** Values a facility now, or as it would be with less of one asset. */
export function appraise(context: ReadContext, facility: Facility, whatIf?: WhatIf): Appraisal {
  const items = currentItems(context, facility);
  const standings = items.map((item) => itemStanding(context, facility, item, whatIf));
  const valueMinor = standings.reduce((sum, one) => sum + one.valueMinor, 0n);
  return { owed: owedOn(facility.debt, facility, context.day), standings, valueMinor };
}

/** Whether every sum of an appraisal can be written down. */
export function isWithinRange(facility: Facility, appraisal: Appraisal): boolean {
  const { goodsValueMinor } = cureSums(facility, appraisal);
  const { owed, valueMinor } = appraisal;
  return [owed.totalMinor, valueMinor, goodsValueMinor].every(isStorable);
}

/** Cash, and value and quantity of goods, that cure (domain 3.7). */
export function cureSums(facility: Facility, appraisal: Appraisal): CureSums {
  const debt = appraisal.owed.totalMinor;
  const cashMinor = cashToCure(debt, appraisal.valueMinor, facility.cureToBps);
  const goodsValueMinor = goodsToCure(debt, appraisal.valueMinor, facility.cureToBps);
  const model = appraisal.standings.find((one) => one.priced !== undefined);
  const { quantity, priced } = model ?? {};
  if (model === undefined || quantity === undefined || priced === undefined) {
    return { cashMinor, goodsValueMinor };
  }
  const goods = { haircutBps: model.haircutBps, scale: quantity.scale };
  const goodsQuantity = quantityForValue(goodsValueMinor, priced.price, goods);
  return { cashMinor, goodsValueMinor, ...(goodsQuantity === undefined ? {} : { goodsQuantity }) };
}

/** Whether the counted goods reach a quantity of their unit. */
export function reachesQuantity(appraisal: Appraisal, floor: Quantity): boolean {
  let scaled = 0n;
  const scale = 9;
  for (const { quantity, leftOut } of appraisal.standings) {
    if (leftOut !== undefined || quantity?.unit !== floor.unit) continue;
    scaled += quantity.value * powerOfTen(scale - quantity.scale);
  }
  return scaled >= floor.value * powerOfTen(scale - floor.scale);
}

/**
 * Whether the goods that stand for a debt are worth less, by a share of it, than at the prices at
 * which money was last drawn on them (433). Goods that no longer count are worth nothing.
 */
export function fellClearly(appraisal: Appraisal, leastBps: number): boolean {
  let baseMinor = 0n;
  for (const { item, quantity, priced, haircutBps } of appraisal.standings) {
    if (item.basePrice === undefined || quantity === undefined || priced === undefined) continue;
    const price = cappedPrice({ ...priced.price, value: item.basePrice }, item.priceCap);
    baseMinor += goodsValue(quantity, price, haircutBps);
  }
  const keptBps = 10_000n - BigInt(leastBps);
  return baseMinor > 0n && appraisal.valueMinor * 10_000n <= baseMinor * keptBps;
}

/** Digest of everything that a valuation was computed from, so that it can be replayed (F5). */
export function inputsDigest(
  context: ReadContext,
  facility: Facility,
  appraisal: Appraisal,
): string {
  const { principalMinor, interestMinor, costsMinor, penaltiesMinor } = appraisal.owed;
  const inputs: CborMap = {
    facility: facility.id,
    at: context.timeMs,
    owed: [principalMinor, interestMinor, costsMinor, penaltiesMinor],
    items: appraisal.standings.map(inputOf),
  };
  return context.digest(INPUTS_DOMAIN, inputs);
}

function inputOf(standing: ItemStanding): CborValue {
  const { item, quantity, priced, haircutBps, leftOut, valueMinor } = standing;
  const cap = item.priceCap;
  return [
    item.asset,
    leftOut ?? null,
    haircutBps,
    cap === undefined ? null : [cap.value, cap.scale],
    quantity === undefined ? null : [quantity.value, quantity.unit, quantity.scale],
    priced === undefined ? null : [priced.feed, priced.round, priced.price.value],
    valueMinor,
  ];
}
