import {
  type Day,
  isOk,
  type Money,
  OK,
  type PartyId,
  type ReadContext,
  type Status,
} from '@triflow/protocol';
import { criticalAlertProblem } from '../monitoring/internal.js';
import type { WhatIf } from './collateral.js';
import { hasOpenSale } from './guards.js';
import { alertAssets, currentItems, itemRoomProblem } from './items.js';
import { facilities } from './keys.js';
import { isLive } from './lifecycle.js';
import { isBreached } from './ltv.js';
import type { Facility } from './schema.js';
import { status } from './statusCodes.js';
import { appraise, reachesQuantity } from './valuation.js';

export type { Facility } from './schema.js';

/** What other contracts may use: these readers and guards. It has no internal commands. */

/** A facility's record, or undefined. */
export function findFacility(context: ReadContext, id: string): Facility | undefined {
  return context.get(facilities, id);
}

/** Who stands in a facility, or undefined. */
export function facilityParties(
  context: ReadContext,
  id: string,
): Pick<Facility, 'lender' | 'pledgor' | 'supervisor'> | undefined {
  return findFacility(context, id);
}

/** What a pledge for a facility's debt takes from it, or undefined. */
export function facilityTerms(
  context: ReadContext,
  id: string,
): { readonly lender: PartyId; readonly limit: Money; readonly maturity: Day } | undefined {
  const facility = findFacility(context, id);
  if (facility === undefined) return undefined;
  const { lender, limit, maturity } = facility;
  return { lender, limit, maturity };
}

/** Why goods of a holder cannot be pledged to a facility. */
export function pledgeProblem(context: ReadContext, id: string, holder: PartyId): Status {
  const facility = findFacility(context, id);
  if (facility === undefined) return status('reference_not_found');
  const takes = facility.state === 'CONTROL_PENDING' || isLive(facility.state);
  if (!takes) return status('facility_not_open');
  return facility.pledgor === holder ? OK : status('pledgor_is_not_holder');
}

/** Whether a debt has left its ordinary course: a failed cure, a default, an enforcement. */
export function isDistressed(context: ReadContext, id: string): boolean {
  const state = findFacility(context, id)?.state;
  return state === 'CURE_FAILED' || state === 'DEFAULT' || state === 'ENFORCEMENT';
}

/** Whether a facility's debt is settled, so that what secured it may be taken back (393). */
export function isClosed(context: ReadContext, id: string): boolean {
  return findFacility(context, id)?.state === 'CLOSED';
}

/**
 * Why an asset, or a part of it, may not leave a facility: after it L * 10000 <= V * initialLtv
 * must hold (F3) and the floors be reached. What secures no facility is free to go.
 */
export function releaseProblem(context: ReadContext, id: string, whatIf: WhatIf): Status {
  const facility = findFacility(context, id);
  if (facility === undefined || facility.state === 'CLOSED') return OK;
  if (facility.state === 'CONTROL_PENDING') return OK;
  const calm = isLive(facility.state) && facility.state !== 'MARGIN_CALL';
  if (!calm) return status('state_forbids_command');
  const alert = criticalAlertProblem(context, ...alertAssets(context, [whatIf.asset]));
  return isOk(alert) ? coverProblem(context, facility, whatIf) : alert;
}

/**
 * Why a lien may not be given up. Only its own lender's liens stand for a facility's debt: another
 * creditor that names the facility gives its lien up as it likes.
 */
export function lienReleaseProblem(
  context: ReadContext,
  { debtRef, holder, asset }: { debtRef: string; holder: PartyId; asset: { readonly id: string } },
): Status {
  const secures = findFacility(context, debtRef)?.lender === holder;
  return secures ? releaseProblem(context, debtRef, { asset: asset.id, remaining: 0n }) : OK;
}

/**
 * Why a pledgee may not collect the goods of a receipt: only those due before the debt, from that
 * day on (442), and not while a sale of goods waits for its proceeds.
 */
export function collectionProblem(context: ReadContext, id: string, due: Day): Status {
  const facility = findFacility(context, id);
  if (facility === undefined) return status('reference_not_found');
  if (hasOpenSale(facility)) return status('sale_is_open');
  const isDue = due < facility.maturity && due <= context.day;
  return isDue ? OK : status('receipt_not_due_before_debt');
}

/** Why a facility would not be covered without an asset or a part of it (F3, the floors). */
export function coverProblem(context: ReadContext, facility: Facility, whatIf: WhatIf): Status {
  const appraisal = appraise(context, facility, whatIf);
  const { owed, valueMinor } = appraisal;
  if (isBreached(owed.totalMinor, valueMinor, facility.initialLtvBps)) {
    return status('release_would_breach_ltv');
  }
  const { floorValueMinor, floorQuantity } = facility;
  const valueReached = floorValueMinor === undefined || valueMinor >= floorValueMinor;
  const goodsReached = floorQuantity === undefined || reachesQuantity(appraisal, floorQuantity);
  return valueReached && goodsReached ? OK : status('below_floor');
}

/** Why a pledged receipt may not become these parts: the facility's bounds on items (R14). */
export function splitProblem(
  context: ReadContext,
  id: string,
  split: { readonly asset: string; readonly parts: readonly string[] },
): Status {
  const facility = findFacility(context, id);
  if (facility === undefined) return OK;
  if (hasOpenSale(facility)) return status('sale_is_open');
  const items = currentItems(context, facility).flatMap((item) =>
    item.asset === split.asset ? split.parts.map((asset) => ({ ...item, asset })) : [item],
  );
  return itemRoomProblem(items);
}
