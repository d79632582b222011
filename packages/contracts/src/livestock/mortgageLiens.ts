import {
  isOk,
  type Money,
  type PartyId,
  powerOfTen,
  type ReadContext,
  type Status,
} from '@triflow/protocol';
import { findLien, type Lien, liensOnAsset, ordinaryBuyer } from '../lien/internal.js';
import { criticalAlertProblem } from '../monitoring/internal.js';
import { areAffiliated, hasRole } from '../party-registry/internal.js';
import { isDistressed } from '../pledge-facility/internal.js';
import { currentPrice } from '../price-feed/internal.js';
import { ageOn, findCurve, weightAt } from './internal.js';
import { mortgages } from './keys.js';
import { animalToChange } from './records.js';
import type { Animal } from './schema.js';
import { status } from './statusCodes.js';

/** Below this share of the market price a price is manifestly unreasonable (CI 42), in percent. */
const REASONABLE_PERCENT = 70n;

/** The live liens on an animal. */
export function liensOf(context: ReadContext, id: string): readonly Lien[] {
  return liensOnAsset(context, id).flatMap(({ lien }) => findLien(context, lien) ?? []);
}

/** Who holds them, each once. */
export function lendersOf(context: ReadContext, id: string): PartyId[] {
  return [...new Set(liensOf(context, id).map((lien) => lien.holder))];
}

/** A mortgaged animal leaves only released: by its lender, or because another takes its place. */
export function releasedProblem(context: ReadContext, id: string): Status | undefined {
  return liensOf(context, id).length === 0 ? undefined : status('exit_not_released');
}

/**
 * Why an animal cannot be sold free of its mortgage: unreleased, its buyer must be one in the
 * ordinary course (404, Interp. 56), within the number that the lender agreed to for a day; and no
 * critical alert may be open on it or its pen (N2).
 */
export function saleProblem(
  context: ReadContext,
  id: string,
  { buyer, price }: { readonly buyer: PartyId; readonly price: Money },
): Status | undefined {
  const liens = liensOf(context, id);
  if (liens.length === 0) return undefined;
  // What a lender agreed to for the ordinary course ends with it: it may be selling them itself.
  const stopped = liens.some(({ debtRef }) => isDistressed(context, debtRef));
  if (stopped) return status('exit_not_released');
  const animal = animalToChange(context, id);
  const { farm, pen } = animal;
  const terms = liens.map(({ debtRef }) => context.get(mortgages, debtRef));
  const { freeOf } = ordinaryBuyer({
    withinLicensedScope: hasRole(context, farm, 'FARM'),
    soldContinuously: terms.every((one) => (one?.ordinarySalesPerDay ?? 0) > 0),
    reasonablePricePaid: lendersOf(context, id).every((lender) =>
      isReasonable(context, animal, lender, price),
    ),
    goodsDelivered: true,
    abnormalQuantity: terms.some((one) => {
      const sold = one?.day === context.day ? one.soldToday : 0;
      return sold >= (one?.ordinarySalesPerDay ?? 0);
    }),
    productionEquipment: false,
    saleAsSecurity: false,
    controlRelation: areAffiliated(context, farm, buyer),
    omittedSearch: false,
  });
  const free = liens.every((lien) => freeOf.includes(lien.class));
  if (!free) return status('exit_not_released');
  const alert = criticalAlertProblem(context, id, ...(pen === undefined ? [] : [pen]));
  return isOk(alert) ? undefined : alert;
}

/** By the lender's own curve and feed; without a fresh price nothing is known against it. */
function isReasonable(
  context: ReadContext,
  animal: Animal,
  lender: PartyId,
  price: Money,
): boolean {
  const curve = findCurve(context, lender, animal.species);
  const found = curve === undefined ? undefined : currentPrice(context, curve.feed);
  if (curve === undefined || found === undefined || !found.fresh) return true;
  if (found.price.currency !== price.currency) return false;
  const weight = weightAt(curve, ageOn(animal, context.day));
  const scaled = powerOfTen(curve.scale + found.price.scale);
  return price.minor * scaled * 100n >= weight * found.price.value * REASONABLE_PERCENT;
}
