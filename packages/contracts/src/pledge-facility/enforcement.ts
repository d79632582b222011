import {
  commonStatus,
  OK,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { findLien, liensOnAsset, secures } from '../lien/internal.js';
import { alertAssets, currentItems } from './items.js';
import { facilities } from './keys.js';
import { loadFacility } from './loadFacility.js';
import type { Enforcement, Facility } from './schema.js';
import { status } from './statusCodes.js';

/** What opening an enforcement says; the counters follow. */
export type Opening = Omit<Enforcement, 'openedAt' | 'sales' | 'distributed' | 'complete'>;

type Notices = readonly { readonly lien: string }[];

/**
 * Whoever else has a lien on the goods, or on the lot that they lie in, has been told: every one
 * that the register knows must stand among the notices (`juniors_not_notified`).
 */
export function noticesProblem(context: ReadContext, facility: Facility, notices: Notices): Status {
  const told = new Set(notices.map((notice) => notice.lien));
  for (const lien of otherLiens(context, facility)) {
    if (!told.has(lien)) return status('juniors_not_notified');
  }
  return OK;
}

/** Opens the enforcement: title stays where it is (F6). */
export function openEnforcement(
  context: WriteContext,
  id: string,
  opening: Opening,
  notices: Notices,
): Status {
  const facility = loadFacility(context, id);
  const version = facility.version + 1;
  const state = 'ENFORCEMENT';
  const counters = { sales: 0, distributed: 0, complete: false };
  const enforcement: Enforcement = { ...opening, ...counters, openedAt: context.timeMs };
  context.put(facilities, [id], { ...facility, state, enforcement, version });
  const told = notices.map((notice) => notice.lien);
  const { cause, method, right, proceeds } = opening;
  const facts = { version, state, cause, method, right, proceeds, notified: told };
  context.emit('enforcement.opened', id, facts);
  return OK;
}

/** The sale that an enforcement is in, or why there is none. */
export function enforcementProblem(facility: Facility): Status {
  const open = facility.state === 'ENFORCEMENT' && facility.enforcement !== undefined;
  return open ? OK : commonStatus('state_forbids_command');
}

/** Liens of others on a facility's goods and on the lots of its receipts. */
export function otherLiens(context: ReadContext, facility: Facility): readonly string[] {
  const others = new Set<string>();
  const items = currentItems(context, facility).map((item) => item.asset);
  for (const asset of alertAssets(context, items)) {
    for (const { lien } of liensOnAsset(context, asset)) {
      const found = findLien(context, lien);
      if (found !== undefined && !secures(found, facility)) others.add(lien);
    }
  }
  return [...others];
}
