import {
  commonStatus,
  compareText,
  OK,
  type PartyId,
  type ReadContext,
  type Status,
} from '@triflow/protocol';
import { lienFor } from '../lien/internal.js';
import { firstProblem, versionIs } from '../params.js';
import { areAffiliated, hasRole, isActive } from '../party-registry/internal.js';
import { findFeed } from '../price-feed/internal.js';
import type { Role } from '../roles.js';
import { collateralOf } from './collateral.js';
import { currentItems } from './items.js';
import type { Facility, ItemTerms } from './schema.js';
import { status } from './statusCodes.js';

/**
 * What a command of several signers asks of a facility first, in the documented order: who opens
 * it, how the facility stands, its version. At the last signature neither the opener nor the
 * version is asked again (R9).
 */
export function openingProblem(
  context: ReadContext,
  facility: Facility,
  asked: {
    readonly opener: PartyId;
    readonly stands: () => Status;
    readonly expectedVersion: number;
    readonly phase: 'open' | 'final';
  },
): Status {
  const { opener, stands, expectedVersion, phase } = asked;
  const opening = phase === 'open';
  const stale = opening && !versionIs(facility, expectedVersion);
  return firstProblem(
    () => (opening && opener !== context.sender ? status('signer_not_party_to_object') : OK),
    stands,
    () => (stale ? status('object_version_is_stale') : OK),
  );
}

/** A party named in parameters must be ACTIVE and hold the role that it will sign with. */
export function roleProblem(context: ReadContext, party: PartyId, role: Role): Status {
  if (!isActive(context, party)) return status('party_not_active');
  return hasRole(context, party, role) ? OK : status('signer_lacks_role');
}

/** The terms of an item must fit its feed and the facility's currency. */
export function itemTermsProblem(context: ReadContext, item: ItemTerms, currency: string): Status {
  const feed = findFeed(context, item.feed);
  if (feed === undefined) return status('reference_not_found');
  if (feed.currency !== currency) return status('currency_does_not_match');
  const cap = item.priceCap;
  if (cap === undefined) return OK;
  if (cap.currency !== currency) return status('currency_does_not_match');
  return cap.unit === feed.unit ? OK : status('unit_does_not_match');
}

/** Not the pledgor's own supervisor; an unfinished search reads as the worse answer (R14). */
export function independenceProblem(
  context: ReadContext,
  facility: Facility,
  supervisor: PartyId,
): Status {
  const answer = areAffiliated(context, supervisor, facility.pledgor);
  return answer === 'not_affiliated' ? OK : status('supervisor_not_independent');
}

/** No asset stands twice among the items. */
export function duplicateProblem(assets: readonly string[]): Status {
  const sorted = [...assets].sort(compareText);
  const twice = sorted.some((asset, index) => index > 0 && asset === sorted[index - 1]);
  return twice ? status('item_listed_twice') : OK;
}

/**
 * An item must carry a live lien that secures this facility: the exclusive one, or openly a junior
 * one behind it (F4).
 */
export function pledgedProblem(
  context: ReadContext,
  facility: Facility,
  item: Pick<ItemTerms, 'asset' | 'junior'>,
): Status {
  const lien = lienFor(context, item.asset, facility);
  if (lien === undefined) return status('item_not_pledged');
  return lien.exclusive || item.junior === true ? OK : status('item_is_junior');
}

/** What is to leave must be an item of the facility and carry its lien. */
export function listedProblem(context: ReadContext, facility: Facility, asset: string): Status {
  const listed = currentItems(context, facility).some((item) => item.asset === asset);
  const lien = lienFor(context, asset, facility);
  return listed && lien !== undefined ? OK : status('item_not_pledged');
}

/** What an order stops does not leave (R11). */
export function frozenItemProblem(context: ReadContext, facility: Facility, asset: string): Status {
  const gap = collateralOf(context, facility.lender, asset)?.gap;
  return gap === 'item_is_frozen' ? commonStatus('object_is_frozen') : OK;
}

/** The lender lets goods go; of a floating pledge the supervisor may, within the floors. */
export function releaserProblem(context: ReadContext, facility: Facility): Status {
  const { lender, supervisor, kind } = facility;
  const bySupervisor = kind === 'floating' && supervisor === context.sender;
  return lender === context.sender || bySupervisor ? OK : status('signer_not_party_to_object');
}

/** Whether goods were sold whose proceeds are not shared yet. */
export function hasOpenSale({ enforcement }: Pick<Facility, 'enforcement'>): boolean {
  return enforcement !== undefined && enforcement.sales > enforcement.distributed;
}

/** Whether a command is allowed in a facility's state. */
export function stateProblem(allowed: boolean): Status {
  return allowed ? OK : commonStatus('state_forbids_command');
}
