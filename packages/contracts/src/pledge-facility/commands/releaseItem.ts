import { isOk, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { lienFor } from '../../lien/internal.js';
import { firstProblem, versionIs } from '../../params.js';
import { frozenItemProblem, listedProblem, releaserProblem, stateProblem } from '../guards.js';
import { findFacility, releaseProblem } from '../internal.js';
import { currentItems } from '../items.js';
import { isLive } from '../lifecycle.js';
import { loadFacility } from '../loadFacility.js';
import { releaseLiens } from '../releaseLiens.js';
import { saveRevalued } from '../revaluation.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The lender, or within the floors of a floating pledge the supervisor, lets an item go (F3). */
export const releaseItem = command({
  who: ['LENDER', 'SUPERVISOR'],
  params: commandSchemas.release_item,
  verify: (context, params) => {
    const facility = findFacility(context, params.id);
    if (facility === undefined) return status('object_not_found');
    const { state } = facility;
    const released = { asset: params.asset, remaining: 0n };
    return firstProblem(
      () => releaserProblem(context, facility),
      () => stateProblem(isLive(state) && state !== 'MARGIN_CALL'),
      () => (versionIs(facility, params.expectedVersion) ? OK : status('object_version_is_stale')),
      () => listedProblem(context, facility, params.asset),
      () => frozenItemProblem(context, facility, params.asset),
      () => releaseProblem(context, params.id, released),
    );
  },
  execute: (context, params) => {
    const facility = loadFacility(context, params.id);
    const { asset } = params;
    const lien = lienFor(context, asset, facility);
    if (lien === undefined) return status('item_not_pledged');
    const released = releaseLiens(context, [lien]);
    if (!isOk(released)) return released;
    const items = currentItems(context, facility).filter((item) => item.asset !== asset);
    return saveRevalued(
      context,
      { ...facility, items },
      { event: 'facility.item_released', facts: { asset }, changesTerms: true },
    );
  },
});
