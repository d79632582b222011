import { OK, type PartyId, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem } from '../../params.js';
import { isActive } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { facilityParties } from '../../pledge-facility/internal.js';
import { findLot } from '../../warehouse-receipt/internal.js';
import { findLien, liensOnAsset } from '../internal.js';
import { claimProblem } from '../lineage.js';
import { createLien, joinProblem } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.create>;

/** The owner of goods in a lot charges them: grantor, holder, then the senior's holder. */
export const create = countersigned<Params>({
  who: 'anyone',
  params: commandSchemas.create,
  object: (params) => params.id,
  signers: (context, params) => [params.holder, ...seniorHolders(context, params)],
  verify: (context, params, phase) =>
    firstProblem(
      () => (findLien(context, params.id) === undefined ? OK : status('id_already_exists')),
      () => (params.asset.kind === 'lot' ? OK : status('feature_not_active')),
      () => ownerProblem(context, params, phase),
      () => holderProblem(context, params),
      () => (params.titlePassesOnDefault ? status('forfeiture_clause_forbidden') : OK),
      () => (params.securedMax.minor > 0n ? OK : status('amount_must_be_positive')),
      () => debtProblem(context, params),
      () => joinProblem(context, params.asset.id, { ...params, exclusive: isExclusive(params) }),
      () => lineageProblem(context, params),
    ),
  execute: (context, params, opener) => {
    const { titlePassesOnDefault: _none, junior: _junior, ...terms } = params;
    createLien(context, { ...terms, grantor: opener, exclusive: isExclusive(params) });
    return OK;
  },
});

/** A pledge of goods backs one facility (F4); a mortgage and its kin may stand beside others. */
function isExclusive(params: Params): boolean {
  return params.class === 'PLEDGE_GOODS' && !params.junior;
}

/** Only the owner of a lot on which no receipt is open may charge the goods themselves. */
function ownerProblem(context: ReadContext, params: Params, phase: 'open' | 'final'): Status {
  const lot = findLot(context, params.asset.id);
  if (lot === undefined) return status('reference_not_found');
  const owned = lot.receipted.value === 0n && lot.owner !== undefined;
  const byOwner = phase === 'final' || lot.owner === context.sender;
  return owned && byOwner ? OK : status('grantor_not_owner');
}

function holderProblem(context: ReadContext, params: Params): Status {
  if (!isActive(context, params.holder)) return status('party_not_active');
  const owner = findLot(context, params.asset.id)?.owner;
  return owner === params.holder ? status('parties_must_differ') : OK;
}

/** A pledge of goods secures a facility's debt, whose supervisor attests control (Interp. 55). */
function debtProblem(context: ReadContext, params: Params): Status {
  if (params.class !== 'PLEDGE_GOODS') return OK;
  const parties = facilityParties(context, params.debtRef);
  if (parties === undefined) return status('debt_is_not_a_facility');
  return parties.lender === params.holder ? OK : status('debt_is_not_a_facility');
}

/** An exclusive lien holds the goods it lies on, and nobody else may hold them already (L2). */
function lineageProblem(context: ReadContext, params: Params): Status {
  if (!isExclusive(params)) return OK;
  const { id, asset, holder } = params;
  return claimProblem(context, { stage: asset.id, by: id, holder, quantity: asset.quantity });
}

function seniorHolders(context: ReadContext, params: Params): PartyId[] {
  const holders = new Set<PartyId>();
  if (!params.junior) return [];
  for (const entry of liensOnAsset(context, params.asset.id)) {
    const holder = entry.exclusive ? findLien(context, entry.lien)?.holder : undefined;
    if (holder !== undefined && holder !== params.holder) holders.add(holder);
  }
  return [...holders];
}
