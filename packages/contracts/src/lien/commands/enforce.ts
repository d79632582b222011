import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { facilityParties } from '../../pledge-facility/internal.js';
import { frozenProblem, holderProblem } from '../guards.js';
import { findLien } from '../internal.js';
import { endLien } from '../records.js';
import { commandSchemas, type Lien } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * A lien has been enforced, on evidence (an agreement after default, a court's order). Retention
 * waits for the debtor's time to pay, at least 60 days unless agreed, but for perishables (453);
 * what secures a facility is enforced by the facility.
 */
export const enforce = command({
  who: 'anyone',
  params: commandSchemas.enforce,
  verify: (context, params) => {
    const lien = findLien(context, params.id);
    if (lien === undefined) return status('object_not_found');
    const states = ['EFFECTIVE', 'CRYSTALLISED'] as const;
    const secured = facilityParties(context, lien.debtRef)?.lender === lien.holder;
    return firstProblem(
      () => holderProblem(context, lien, { ...params, states }),
      () => (secured ? status('lien_enforced_by_facility') : OK),
      () => frozenProblem(context, lien.asset.id),
      () => periodProblem(context, lien),
    );
  },
  execute: (context, { id, evidence }) => {
    const lien = findLien(context, id);
    if (lien === undefined) return status('object_not_found');
    endLien(context, lien, { state: 'ENFORCED', evidence });
    return OK;
  },
});

function periodProblem(context: ReadContext, { retention }: Lien): Status {
  if (retention === undefined || retention.perishable) return OK;
  const running = context.day <= retention.debtorMayPayUntil;
  return running ? status('retention_period_running') : OK;
}
