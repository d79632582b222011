import { type Day, endOfDay, type TimeMs } from '@triflow/protocol';
import type { Lien, LienClass, Publicity } from './schema.js';

/** What a lien must be able to show before it is effective. */
type Requirement = 'agreement' | 'control' | 'registration';

/** Whether a registration stands on a day; a lapsed one counts as none from then. */
export function registrationInForce(publicity: Publicity, day: Day): boolean {
  const { registeredAt, registryValidTo } = publicity;
  return registeredAt !== undefined && registryValidTo !== undefined && day <= registryValidTo;
}

/**
 * The legal time from which a lien is effective, undefined while something is missing: of a
 * receipt pledge by its basis (Civil Code 441; Interp. 59(1); counsel), of a pledge of goods the
 * supervisor's control (Interp. 55), of a mortgage and its kin the agreement (403, 641, 745).
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

/** Whether a lien is effective on a day, a registration that its class needs not having lapsed. */
export function isEffectiveOn(lien: Lien, day: Day): boolean {
  if (lien.state !== 'EFFECTIVE') return false;
  const needsRegistration = requirements(lien.class, lien.basis).includes('registration');
  return !needsRegistration || registrationInForce(lien.publicity, day);
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
    case 'RETENTION':
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
  if (requirement === 'agreement') return lien.createdAt;
  if (requirement === 'control') return lien.publicity.controlAt;
  return lien.publicity.registeredAt;
}
