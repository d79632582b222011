import { type Day, endOfDay, type TimeMs } from '@triflow/protocol';
import type { Lien, LienClass, Publicity } from './schema.js';

/** What a lien must be able to show before it is effective. */
type Requirement = 'agreement' | 'control' | 'registration';

/** Since when third parties can know a lien, and how; no time where none can be proved. */
export interface Published {
  readonly kind: 'registration' | 'control' | 'endorsement' | 'unknown';
  readonly time?: TimeMs;
}

/** Whether a registration stands on a day; a lapsed one counts as none from then. */
export function registrationInForce(publicity: Publicity, day: Day): boolean {
  const { registeredAt, registryValidTo } = publicity;
  return registeredAt !== undefined && registryValidTo !== undefined && day <= registryValidTo;
}

/**
 * The legal time from which a lien is effective, undefined while something is missing: of a
 * receipt pledge by its basis (Civil Code 441; Interp. 59(1); counsel), of a pledge of goods the
 * supervisor's control (Interp. 55), of a claim's pledge registration (445), of all others the
 * agreement, or for retention the possession that is asserted (403, 447, 546, 641, 745).
 */
export function effectiveTime(
  lien: Pick<Lien, 'class' | 'basis' | 'publicity' | 'createdAt'>,
): TimeMs | undefined {
  let latest = 0;
  for (const requirement of requirements(lien.class, lien.basis)) {
    const time = timeOf(requirement, lien);
    if (time === undefined) return undefined;
    latest = Math.max(latest, time);
  }
  return latest;
}

/**
 * Whether a lien is effective on a day: a registration that its class needs has not lapsed, and
 * who retains goods still has them (457).
 */
export function isEffectiveOn(lien: Lien, day: Day): boolean {
  if (lien.state !== 'EFFECTIVE' && lien.state !== 'CRYSTALLISED') return false;
  if (lien.class === 'RETENTION') return lien.publicity.possession === true;
  const needsRegistration = requirements(lien.class, lien.basis).includes('registration');
  return !needsRegistration || registrationInForce(lien.publicity, day);
}

/**
 * How and since when a lien on goods is public on a day, undefined while it is not: a pledge by
 * control, a receipt pledge when all that its basis wants is there, a mortgage and its kin by a
 * registration in force (403, 414, 415, 641, 745, Interp. 59).
 */
export function publishedOn(lien: Lien, day: Day): Published | undefined {
  const { publicity } = lien;
  if (publicity.timeUnknown === true) return { kind: 'unknown' };
  const { registeredAt, controlAt } = publicity;
  if (lien.class === 'PLEDGE_RECEIPT') {
    const time = effectiveTime(lien);
    if (time === undefined) return undefined;
    const last = time === registeredAt && lien.basis !== 'endorsement';
    return { kind: last ? 'registration' : 'endorsement', time };
  }
  if (lien.class === 'PLEDGE_GOODS') {
    return controlAt === undefined ? undefined : { kind: 'control', time: controlAt };
  }
  const registered = registeredAt !== undefined && registrationInForce(publicity, day);
  return registered ? { kind: 'registration', time: registeredAt } : undefined;
}

/** Whether a registration that ends on a day has lapsed at a moment. */
export function hasLapsed(registryValidTo: Day, timeMs: TimeMs): boolean {
  return timeMs > endOfDay(registryValidTo);
}

function requirements(lienClass: LienClass, basis: Lien['basis']): readonly Requirement[] {
  switch (lienClass) {
    case 'PLEDGE_RECEIPT':
      if (basis === 'endorsement') return ['control'];
      return basis === 'registration' ? ['registration'] : ['control', 'registration'];
    case 'PLEDGE_GOODS':
      return ['control'];
    case 'RECEIVABLE_PLEDGE':
      return ['registration'];
    default:
      return ['agreement'];
  }
}

function timeOf(
  requirement: Requirement,
  lien: Pick<Lien, 'publicity' | 'createdAt'>,
): TimeMs | undefined {
  if (requirement === 'agreement' || lien.publicity.timeUnknown === true) return lien.createdAt;
  if (requirement === 'control') return lien.publicity.controlAt;
  return lien.publicity.registeredAt;
}
