import type { PartyId, ReadContext, Status } from '@triflow/protocol';
import { isOk } from '@triflow/protocol';
import { findLien, type Lien, liensOnAsset } from '../lien/internal.js';
import { criticalAlertProblem } from '../monitoring/internal.js';
import { areAffiliated } from '../party-registry/internal.js';
import { mortgages } from './keys.js';
import { animalToChange } from './records.js';
import { status } from './statusCodes.js';

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
 * Why an animal cannot be sold free of its mortgage: unreleased, it must be a sale in the ordinary
 * course (404, Interp. 56) within the number that the lender agreed to for a day; to a buyer
 * outside the farm's control; and no critical alert may be open on it or its pen (N2).
 */
export function saleProblem(context: ReadContext, id: string, buyer: PartyId): Status | undefined {
  const liens = liensOf(context, id);
  if (liens.length === 0) return undefined;
  const { farm, pen } = animalToChange(context, id);
  if (areAffiliated(context, farm, buyer) !== 'not_affiliated') return status('exit_not_released');
  const within = liens.every(({ debtRef, class: kind }) => {
    const terms = context.get(mortgages, debtRef);
    if (terms === undefined || kind !== 'MORTGAGE') return false;
    const sold = terms.day === context.day ? terms.soldToday : 0;
    return sold < terms.ordinarySalesPerDay;
  });
  if (!within) return status('exit_not_released');
  const alert = criticalAlertProblem(context, id, ...(pen === undefined ? [] : [pen]));
  return isOk(alert) ? undefined : alert;
}
