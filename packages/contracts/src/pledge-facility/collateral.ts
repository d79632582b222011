import type { Day, PartyId, Quantity, ReadContext, TimeMs } from '@triflow/protocol';
import { isFrozenAt } from '../frozen.js';
import { ageOn, findAnimal, findCurve, findPen, weightAt } from '../livestock/internal.js';
import {
  findLot,
  findReceipt,
  isStopped,
  type Receipt,
  remainingValue,
} from '../warehouse-receipt/internal.js';

/** Why goods count nothing by what they are and how they stand. */
export type CollateralGap =
  | 'item_is_frozen'
  | 'lot_is_short'
  | 'animal_not_in_pen'
  | 'curve_missing';

/** What stands behind an item now: a receipt, a lot charged whole, an animal. */
export interface Collateral {
  /** None where nobody has said what there is of it. */
  readonly quantity?: Quantity;
  readonly gap?: CollateralGap;
  /** The last day on which it is kept; none for what no storage period ends. */
  readonly keptTo?: Day;
  readonly insured: boolean;
  /** Taken off beside the agreed haircut: a pen whose count is off (A3). */
  readonly haircutBps: number;
}

/** A change to one asset that a guard wants to see valued: what would stay of it. */
export interface WhatIf {
  readonly asset: string;
  readonly remaining: bigint;
}

/** The collateral of an asset now, or with what would stay of it; undefined if there is none. */
export function collateralOf(
  context: ReadContext,
  lender: PartyId,
  asset: string,
  whatIf?: WhatIf,
): Collateral | undefined {
  const found = standing(context, lender, asset);
  if (found?.quantity === undefined || whatIf?.asset !== asset) return found;
  return { ...found, quantity: { ...found.quantity, value: whatIf.remaining } };
}

/** Where devices and alerts of an asset may stand: itself, and the lot or pen that it is in. */
export function placesOf(context: ReadContext, asset: string): readonly string[] {
  const around = asset.startsWith('an_')
    ? findAnimal(context, asset)?.pen
    : receiptOf(context, asset)?.lot;
  return around === undefined ? [asset] : [asset, around];
}

/** When somebody other than the owner last counted what the asset is part of. */
export function countedAt(context: ReadContext, asset: string): TimeMs | undefined {
  if (!asset.startsWith('an_')) {
    return findLot(context, receiptOf(context, asset)?.lot ?? asset)?.lastStocktakeAt;
  }
  const { pen = '' } = findAnimal(context, asset) ?? {};
  const { farm, lastCount } = findPen(context, pen) ?? {};
  return lastCount?.by === farm ? undefined : lastCount?.at;
}

function standing(context: ReadContext, lender: PartyId, asset: string): Collateral | undefined {
  if (asset.startsWith('an_')) return animalStanding(context, lender, asset);
  if (asset.startsWith('wr_')) return receiptStanding(context, asset);
  const lot = findLot(context, asset);
  if (lot === undefined) return undefined;
  const gap = isFrozenAt(lot, context.timeMs) ? 'item_is_frozen' : shortGap(context, asset);
  return { quantity: lot.onHand, insured: false, haircutBps: 0, ...gapField(gap) };
}

function receiptStanding(context: ReadContext, asset: string): Collateral | undefined {
  const receipt = findReceipt(context, asset);
  if (receipt === undefined) return undefined;
  const gap = isStopped(context, receipt) ? 'item_is_frozen' : shortGap(context, receipt.lot);
  return {
    quantity: { ...receipt.quantity, value: remainingValue(context, receipt) },
    keptTo: receipt.items.storagePeriod.to,
    insured: isInsured(receipt, context.day),
    haircutBps: 0,
    ...gapField(gap),
  };
}

/** An animal counts in its pen, by the weight that the lender's curve gives its age. */
function animalStanding(
  context: ReadContext,
  lender: PartyId,
  asset: string,
): Collateral | undefined {
  const animal = findAnimal(context, asset);
  if (animal === undefined) return undefined;
  const { insurance, pen = '' } = animal;
  const insured = insurance !== undefined && context.day <= insurance.validTo;
  const { haircutBps = 0 } = findPen(context, pen) ?? {};
  const curve = findCurve(context, lender, animal.species);
  const facts = { insured, haircutBps };
  if (isFrozenAt(animal, context.timeMs)) return { ...facts, gap: 'item_is_frozen' };
  if (animal.state !== 'IN_PEN') return { ...facts, gap: 'animal_not_in_pen' };
  if (curve === undefined) return { ...facts, gap: 'curve_missing' };
  const value = weightAt(curve, ageOn(animal, context.day));
  return { ...facts, quantity: { value, unit: curve.unit, scale: curve.scale } };
}

/** How much of a short lot is whose is disputed until a count inside the limit. */
function shortGap(context: ReadContext, lot: string): CollateralGap | undefined {
  return findLot(context, lot)?.state === 'SHORT' ? 'lot_is_short' : undefined;
}

function gapField(gap: CollateralGap | undefined): Pick<Collateral, 'gap'> {
  return gap === undefined ? {} : { gap };
}

function receiptOf(context: ReadContext, asset: string): Receipt | undefined {
  return asset.startsWith('wr_') ? findReceipt(context, asset) : undefined;
}

function isInsured({ items: { insurance } }: Receipt, day: Day): boolean {
  if (!insurance.insured) return false;
  return insurance.period.from <= day && day <= insurance.period.to;
}
