import { isOk, OK, type ReadContext, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { lienFor } from '../../lien/internal.js';
import { hasDevice } from '../../monitoring/internal.js';
import { firstProblem } from '../../params.js';
import { countedAt } from '../collateral.js';
import { independenceProblem, pledgedProblem, stateProblem } from '../guards.js';
import { findFacility } from '../internal.js';
import { alertAssets, currentItems } from '../items.js';
import { isLive } from '../lifecycle.js';
import { loadFacility } from '../loadFacility.js';
import { saveRevalued } from '../revaluation.js';
import { commandSchemas, type Facility, type Item } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * The supervisor attests that it controls every item. The first time the pledge arises (Interp.
 * 55); later it renews the verification that `verifiedWithinMs` asks for.
 */
export const attestControl = command({
  who: ['SUPERVISOR'],
  params: commandSchemas.attest_control,
  verify: (context, params) => {
    const facility = findFacility(context, params.id);
    if (facility === undefined) return status('object_not_found');
    const { state, supervisor } = facility;
    return firstProblem(
      () => (supervisor === context.sender ? OK : status('signer_not_party_to_object')),
      () => stateProblem(state === 'CONTROL_PENDING' || isLive(state)),
      () => independenceProblem(context, facility, context.sender),
      () => (isLive(state) ? OK : itemsProblem(context, facility)),
      () => (isLive(state) ? OK : evidenceProblem(context, facility)),
    );
  },
  execute: (context, params) => {
    const facility = loadFacility(context, params.id);
    const ids = uncontrolled(context, facility);
    if (ids.length > 0) {
      const controlBy = context.sender;
      const recorded = context.call('lien', 'record_control', { ids, controlBy });
      if (!isOk(recorded)) return recorded;
    }
    const first = facility.state === 'CONTROL_PENDING';
    const verifiedAt = context.timeMs;
    const items = currentItems(context, facility).map((item) => ({ ...item, verifiedAt }));
    const state = first ? 'ESTABLISHED' : facility.state;
    return saveRevalued(
      context,
      { ...facility, items, state },
      {
        event: first ? 'facility.established' : 'facility.verified',
        facts: { evidence: params.evidence, stocktake: params.stocktake ?? null, verifiedAt },
        changesTerms: first,
      },
    );
  },
});

function itemsProblem(context: ReadContext, facility: Facility): Status {
  for (const item of currentItems(context, facility)) {
    const problem = pledgedProblem(context, facility, item);
    if (!isOk(problem)) return problem;
  }
  return OK;
}

/** What control rests on unless the agreement waives it: a signed count, devices on the goods. */
function evidenceProblem(context: ReadContext, facility: Facility): Status {
  const { stocktakeRequired = true, devicesRequired = true } = facility;
  const items = currentItems(context, facility);
  const counted = items.every((item) => isCounted(context, item));
  if (stocktakeRequired && !counted) return status('stocktake_missing');
  if (!devicesRequired) return OK;
  const watched = items.every(({ asset }) =>
    alertAssets(context, [asset]).some((one) => hasDevice(context, one)),
  );
  return watched ? OK : status('device_not_bound_to_item');
}

/** Its lot was counted, its pen by another than the farm, as lately as it must be verified. */
function isCounted(context: ReadContext, { asset, verifiedWithinMs }: Item): boolean {
  const at = countedAt(context, asset);
  return at !== undefined && context.timeMs - at <= verifiedWithinMs;
}

/** Liens on goods themselves that wait for control. */
function uncontrolled(context: ReadContext, facility: Facility): string[] {
  return currentItems(context, facility).flatMap((item) => {
    const lien = lienFor(context, item.asset, facility);
    const waits = lien?.class === 'PLEDGE_GOODS' && lien.publicity.controlAt === undefined;
    return lien !== undefined && waits ? [lien.id] : [];
  });
}
