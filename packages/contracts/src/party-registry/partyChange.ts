import {
  defined,
  limits,
  OK,
  type PartyId,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { activeGovernors } from './internal.js';
import { governors, parties } from './keys.js';
import type { Party } from './schema.js';
import { status } from './statusCodes.js';

/** The party that the guards have just found. */
export function partyToChange(context: ReadContext, id: PartyId): Party {
  return defined(context.get(parties, id), `party-registry: ${id} was found by its guards`);
}

/**
 * Why the governors may not change so: the last one cannot leave, or nobody could ever decide
 * anything again; their number is bounded, because each vote counts them.
 */
export function governorsProblem(
  context: ReadContext,
  id: PartyId,
  after: Pick<Party, 'state' | 'roles'>,
): Status {
  const active = activeGovernors(context);
  const was = active.includes(id);
  const willBe = governs(after);
  if (was && !willBe && active.length === 1) return status('last_governor_cannot_leave');
  return !was && willBe && active.length >= limits.governorsMax ? status('bound_exceeded') : OK;
}

/** Writes a party and keeps the list of active governors beside it. */
export function putParty(context: WriteContext, party: Party): void {
  context.put(parties, [party.id], party);
  const active = activeGovernors(context);
  if (active.includes(party.id) === governs(party)) return;
  const others = active.filter((one) => one !== party.id);
  const next = governs(party) ? [...active, party.id] : others;
  context.put(governors, ['all'], { active: next });
}

function governs(party: Pick<Party, 'state' | 'roles'>): boolean {
  return party.state === 'ACTIVE' && party.roles.includes('GOVERNOR');
}
