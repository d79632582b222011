import { OK, type PartyId, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem } from '../../params.js';
import { isActive } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { facilityParties } from '../../pledge-facility/internal.js';
import { findLot } from '../../warehouse-receipt/internal.js';
import { frozenProblem } from '../guards.js';
import { findLien, liensOnAsset } from '../internal.js';
import { claimProblem } from '../lineage.js';
import { createLien, joinProblem } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.create>;

/**
 * The owner charges goods in a lot, or by a description all that it has: grantor, holder, and for
 * a junior pledge the senior's holder. A mortgage and its kin are recorded even when they conflict
 * (`lien.contested`); a second pledge needs `junior` and the senior's signature (F4).
 */
export const create = countersigned<Params>({
  who: 'anyone',
  params: commandSchemas.create,
  object: (params) => params.id,
  signers: (context, params) => [params.holder, ...seniorHolders(context, params)],
  verify: (context, params, phase) =>
    firstProblem(
      () => (findLien(context, params.id) === undefined ? OK : status('id_already_exists')),
      () => kindProblem(params),
      () => ownerProblem(context, params, phase),
      () => frozenProblem(context, params.asset.id),
      () => holderProblem(context, params),
      () => (params.titlePassesOnDefault ? status('forfeiture_clause_forbidden') : OK),
      () => (params.securedMax.minor > 0n ? OK : status('amount_must_be_positive')),
      () => debtProblem(context, params),
      () => deliveryProblem(context, params),
      () => seniorProblem(context, params, phase),
      () => joinProblem(context, params.asset.id, { exclusive: isExclusive(context, params) }),
      () => lineageProblem(context, params),
    ),
  execute: (context, params, opener) => {
    const { titlePassesOnDefault: _none, junior, deliveredOn, ...terms } = params;
    const publicity = deliveredOn === undefined ? {} : { deliveredOn };
    const exclusive = isExclusive(context, params);
    const lien = { ...terms, grantor: opener, exclusive, publicity };
    createLien(context, lien, { contests: !junior });
    return OK;
  },
});

/** Goods in a lot take every class but the floating one; a stock takes what can float. */
function kindProblem({ asset, class: lienClass, covers }: Params): Status {
  if (asset.kind !== 'lot' && asset.kind !== 'stock') return status('feature_not_active');
  const floats = lienClass === 'FLOATING_MORTGAGE';
  const fits = asset.kind === 'lot' ? !floats : floats || lienClass === 'PLEDGE_GOODS';
  const described = (covers !== undefined) === (asset.kind === 'stock');
  return fits && described ? OK : status('class_does_not_fit_asset');
}

/** A pledge of goods backs one facility (F4); a mortgage and its kin may stand beside others. */
function isExclusive(context: ReadContext, params: Params): boolean {
  const behind = params.junior && exclusiveHolder(context, params) !== undefined;
  return params.class === 'PLEDGE_GOODS' && !behind;
}

/** Only the owner of a lot on which no receipt is open may charge the goods themselves. */
function ownerProblem(context: ReadContext, params: Params, phase: 'open' | 'final'): Status {
  if (params.asset.kind === 'stock') {
    const own = phase === 'final' || params.asset.id === context.sender;
    return own ? OK : status('grantor_not_owner');
  }
  const lot = findLot(context, params.asset.id);
  if (lot === undefined) return status('reference_not_found');
  const owned = lot.receipted.value === 0n && lot.owner !== undefined;
  const byOwner = phase === 'final' || lot.owner === context.sender;
  return owned && byOwner ? OK : status('grantor_not_owner');
}

function holderProblem(context: ReadContext, params: Params): Status {
  if (!isActive(context, params.holder)) return status('party_not_active');
  const { asset } = params;
  const owner = asset.kind === 'stock' ? asset.id : findLot(context, asset.id)?.owner;
  return owner === params.holder ? status('parties_must_differ') : OK;
}

/** A pledge of goods secures a facility's debt, whose supervisor attests control (Interp. 55). */
function debtProblem(context: ReadContext, params: Params): Status {
  if (params.class !== 'PLEDGE_GOODS') return OK;
  const parties = facilityParties(context, params.debtRef);
  if (parties === undefined) return status('debt_is_not_a_facility');
  return parties.lender === params.holder ? OK : status('debt_is_not_a_facility');
}

function deliveryProblem(context: ReadContext, params: Params): Status {
  const { deliveredOn } = params;
  const future = deliveredOn !== undefined && deliveredOn > context.day;
  return future ? status('publicity_time_in_future') : OK;
}

/** The senior's is the last signature; a senior that came meanwhile has not signed. */
function seniorProblem(context: ReadContext, params: Params, phase: 'open' | 'final'): Status {
  const senior = exclusiveHolder(context, params);
  if (!params.junior || phase === 'open' || senior === undefined) return OK;
  return senior === context.sender ? OK : status('asset_already_encumbered');
}

/** An exclusive lien holds the goods it lies on, and nobody else may hold them already (L2). */
function lineageProblem(context: ReadContext, params: Params): Status {
  if (!isExclusive(context, params)) return OK;
  const { id, asset, holder } = params;
  return claimProblem(context, { stage: asset.id, by: id, holder, quantity: asset.quantity });
}

function seniorHolders(context: ReadContext, params: Params): PartyId[] {
  const senior = params.junior ? exclusiveHolder(context, params) : undefined;
  return senior === undefined || senior === params.holder ? [] : [senior];
}

function exclusiveHolder(context: ReadContext, params: Params): PartyId | undefined {
  const entry = liensOnAsset(context, params.asset.id).find((lien) => lien.exclusive);
  return entry === undefined ? undefined : findLien(context, entry.lien)?.holder;
}
