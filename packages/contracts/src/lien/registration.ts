import {
  type Money,
  OK,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { firstProblem } from '../params.js';
import { hasRole } from '../party-registry/internal.js';
import { hasLapsed } from './effectiveness.js';
import { registrations } from './keys.js';
import { publish } from './records.js';
import type { Lien } from './schema.js';
import { status } from './statusCodes.js';

/** A filing in the national movable-security register, as its gateway reports it. */
export interface Registration {
  readonly registrationNo: string;
  readonly registeredAt: number;
  readonly registryValidTo: number;
  readonly registeredMax?: Money | undefined;
}

/** One filing may cover all that one debtor charges to one creditor for one debt, and no more. */
export function registrationProblem(
  context: ReadContext,
  lien: Lien,
  registration: Registration,
): Status {
  const { registrationNo, registeredAt, registryValidTo } = registration;
  const filed = context.get(registrations, registrationNo);
  const own =
    filed === undefined ||
    (filed.grantor === lien.grantor &&
      filed.holder === lien.holder &&
      filed.debtRef === lien.debtRef);
  const former = lien.publicity.registrationNo;
  const same = former === registrationNo && registeredAt === lien.publicity.registeredAt;
  const lapsed = hasLapsed(lien.publicity.registryValidTo ?? 0, context.timeMs);
  return firstProblem(
    () => (hasRole(context, context.sender, 'REGISTRY') ? OK : status('signer_lacks_role')),
    () => (registeredAt <= context.timeMs ? OK : status('publicity_time_in_future')),
    () => (hasLapsed(registryValidTo, context.timeMs) ? status('registration_has_lapsed') : OK),
    () => (own ? OK : status('registration_number_reused')),
    () => (former === undefined || same || lapsed ? OK : status('publicity_already_recorded')),
  );
}

/** Keeps the number for its debt and writes the registration into the lien. */
export function publishRegistration(
  context: WriteContext,
  lien: Lien,
  registration: Registration,
): void {
  const { grantor, holder, debtRef } = lien;
  context.put(registrations, [registration.registrationNo], { grantor, holder, debtRef });
  publish(context, lien, { ...lien.publicity, ...registration });
}
