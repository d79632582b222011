import {
  commonStatus,
  isOk,
  isStorable,
  OK,
  type ReadContext,
  type Status,
} from '@triflow/protocol';
import type { z } from 'zod';
import { lienFor, standing } from '../lien/internal.js';
import { firstProblem } from '../params.js';
import { isActive } from '../party-registry/internal.js';
import { currentPrice, priceProblem } from '../price-feed/internal.js';
import { findReceipt } from '../warehouse-receipt/internal.js';
import { collateralOf } from './collateral.js';
import { duplicateProblem, listedProblem } from './guards.js';
import { saleParts, sales } from './keys.js';
import { goodsValue } from './ltv.js';
import type { commandSchemas, Facility, Sale } from './schema.js';
import { status } from './statusCodes.js';

type Params = z.infer<typeof commandSchemas.record_sale>;

/** A sale of an enforcement, or undefined. */
export function findSale(context: ReadContext, id: string, number: number): Sale | undefined {
  return context.get(sales, ...saleParts(id, number));
}

/**
 * Why a sale cannot be recorded: the goods must be pledged items that may leave, the price stated
 * in the debt's currency; an agreed price and a private sale take the market as their measure
 * (410, 436); the lender itself takes goods only at a price agreed after default (401, 428).
 */
export function saleProblem(context: ReadContext, facility: Facility, params: Params): Status {
  const method = facility.enforcement?.method;
  const byAgreement = method === 'agreed_price';
  const byLender = [params.buyer, params.payer].includes(facility.lender);
  return firstProblem(
    () => duplicateProblem(params.assets.map((one) => one.asset)),
    () => assetsProblem(context, facility, params),
    () => moneyProblem(facility, params),
    () => (isActive(context, params.buyer) ? OK : status('party_not_active')),
    () => (isActive(context, params.payer ?? params.buyer) ? OK : status('party_not_active')),
    () => (byLender && !byAgreement ? status('forfeiture_forbidden') : OK),
    () =>
      byAgreement || method === 'private_sale' ? referenceProblem(context, facility, params) : OK,
  );
}

/** What sold goods would fetch at the price of a feed; undefined for an appraisal or none. */
export function marketMinor(
  context: ReadContext,
  { lender }: Facility,
  params: Params,
): bigint | undefined {
  const { marketReference, assets } = params;
  if (marketReference?.kind !== 'feed') return undefined;
  const priced = currentPrice(context, marketReference.feed);
  if (priced === undefined) return undefined;
  let sum = 0n;
  for (const { asset } of assets) {
    const quantity = collateralOf(context, lender, asset)?.quantity;
    if (quantity?.unit !== priced.price.unit) return undefined;
    sum += goodsValue(quantity, priced.price, 0);
  }
  return isStorable(sum) ? sum : undefined;
}

function assetsProblem(context: ReadContext, facility: Facility, params: Params): Status {
  for (const { asset } of params.assets) {
    const problem = assetProblem(context, facility, asset);
    if (!isOk(problem)) return problem;
  }
  return OK;
}

function assetProblem(context: ReadContext, facility: Facility, asset: string): Status {
  const listed = listedProblem(context, facility, asset);
  if (!isOk(listed)) return status('item_not_for_sale');
  const lien = lienFor(context, asset, facility);
  const binds = lien !== undefined && standing(lien, context.day).effective;
  if (!binds) return status('lien_not_effective');
  const gap = collateralOf(context, facility.lender, asset)?.gap;
  if (gap === 'item_is_frozen') return commonStatus('object_is_frozen');
  if (gap === 'animal_not_in_pen') return status('item_not_for_sale');
  const pledged = !asset.startsWith('wr_') || findReceipt(context, asset)?.state === 'PLEDGED';
  return pledged ? OK : status('item_not_for_sale');
}

function moneyProblem(facility: Facility, { assets, costs }: Params): Status {
  const { currency } = facility.limit;
  const sums = [...assets.map((one) => one.price), ...(costs === undefined ? [] : [costs])];
  if (sums.some((sum) => sum.currency !== currency)) return status('currency_does_not_match');
  if (sums.some((sum) => sum.minor <= 0n)) return status('amount_must_be_positive');
  const total = assets.reduce((sum, one) => sum + one.price.minor, 0n);
  return isStorable(total) ? OK : status('amount_out_of_range');
}

/** A feed's final, fresh price of these goods, or an appraisal. */
function referenceProblem(context: ReadContext, facility: Facility, params: Params): Status {
  const { marketReference } = params;
  if (marketReference === undefined) return status('market_reference_missing');
  if (marketReference.kind === 'appraisal') return OK;
  const usable = priceProblem(context, marketReference.feed) === undefined;
  const priced = usable && marketMinor(context, facility, params) !== undefined;
  return priced ? OK : status('market_reference_missing');
}
