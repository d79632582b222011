import { isOk, OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { lienFor, standing } from '../../lien/internal.js';
import { firstProblem, versionIs } from '../../params.js';
import { countersigned } from '../../pending.js';
import { frozenItemProblem, listedProblem, releaserProblem, stateProblem } from '../guards.js';
import { coverProblem, findFacility } from '../internal.js';
import { newItemProblem } from '../itemAddition.js';
import { currentItems, withBasePrice } from '../items.js';
import { isLive } from '../lifecycle.js';
import { loadFacility } from '../loadFacility.js';
import { releaseLiens } from '../releaseLiens.js';
import { saveRevalued } from '../revaluation.js';
import { commandSchemas, type Facility } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.substitute>;

/**
 * Goods come in before others go out (置换). The pledgor has pledged the incoming ones, the
 * supervisor's signature verifies them; within the floors of a floating pledge it needs no other.
 */
export const substitute = countersigned({
  who: ['LENDER', 'SUPERVISOR'],
  params: commandSchemas.substitute,
  object: (params) => params.id,
  signers: (context, params) => {
    const { supervisor } = loadFacility(context, params.id);
    return supervisor === undefined || supervisor === context.sender ? [] : [supervisor];
  },
  verify: (context, params, phase) => {
    const facility = findFacility(context, params.id);
    if (facility === undefined) return status('object_not_found');
    const { state } = facility;
    const opening = phase === 'open';
    const current = versionIs(facility, params.expectedVersion);
    return firstProblem(
      () => (opening ? releaserProblem(context, facility) : OK),
      () => stateProblem(isLive(state) && state !== 'MARGIN_CALL'),
      () => (opening && !current ? status('object_version_is_stale') : OK),
      () => newItemProblem(context, facility, params.incoming),
      () => effectiveProblem(context, facility, params.incoming.asset),
      () => listedProblem(context, facility, params.outgoing),
      () => frozenItemProblem(context, facility, params.outgoing),
      () => coverAfter(context, facility, params),
    );
  },
  execute: (context, params) => {
    const facility = loadFacility(context, params.id);
    const { incoming, outgoing } = params;
    const lien = lienFor(context, outgoing, facility);
    if (lien === undefined) return status('item_not_pledged');
    const released = releaseLiens(context, [lien]);
    if (!isOk(released)) return released;
    const kept = currentItems(context, facility).filter((item) => item.asset !== outgoing);
    const added = withBasePrice(context, { ...incoming, verifiedAt: context.timeMs });
    return saveRevalued(
      context,
      { ...facility, items: [...kept, added] },
      {
        event: 'facility.item_substituted',
        facts: { incoming: incoming.asset, outgoing, verifiedAt: context.timeMs },
        changesTerms: true,
      },
    );
  },
});

/** In before out: the lien on what comes in already binds third parties. */
function effectiveProblem(context: ReadContext, facility: Facility, asset: string): Status {
  const lien = lienFor(context, asset, facility);
  const binds = lien !== undefined && standing(lien, context.day).effective;
  return binds ? OK : status('lien_not_effective');
}

function coverAfter(context: ReadContext, facility: Facility, params: Params): Status {
  const incoming = { ...params.incoming, verifiedAt: context.timeMs };
  const items = [...facility.items, incoming];
  return coverProblem(context, { ...facility, items }, { asset: params.outgoing, remaining: 0n });
}
