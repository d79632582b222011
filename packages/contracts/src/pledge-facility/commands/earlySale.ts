import { OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { noticesProblem, openEnforcement } from '../enforcement.js';
import { openingProblem, stateProblem } from '../guards.js';
import { findFacility } from '../internal.js';
import { loadFacility } from '../loadFacility.js';
import { isBreached } from '../ltv.js';
import { commandSchemas, type Facility } from '../schema.js';
import { status } from '../statusCodes.js';
import { appraise, fellClearly } from '../valuation.js';

type Params = z.infer<typeof commandSchemas.early_sale>;

const pledges: ReadonlySet<string> = new Set(['PLEDGE_RECEIPT', 'PLEDGE_GOODS']);

/**
 * The goods' value clearly fell, more security was demanded by the margin call and not given: a
 * pledgee may sell before the debt is due (433). The proceeds prepay the debt if the pledgor
 * agrees by its signature; else they stay in deposit until it is due.
 */
export const earlySale = countersigned({
  who: ['LENDER'],
  params: commandSchemas.early_sale,
  object: (params) => params.id,
  signers: (context, params) =>
    params.proceeds === 'prepay' ? [loadFacility(context, params.id).pledgor] : [],
  verify: (context, params, phase) => {
    const facility = findFacility(context, params.id);
    if (facility === undefined) return status('object_not_found');
    const stands = () => stateProblem(facility.state === 'CURE_FAILED');
    const asked = {
      opener: facility.lender,
      stands,
      expectedVersion: params.expectedVersion,
      phase,
    };
    return firstProblem(
      () => openingProblem(context, facility, asked),
      () => fallProblem(context, facility),
      () => noticesProblem(context, facility, params.notices),
    );
  },
  execute: (context, params: Params) => {
    const { id, notices, method, demand, refusal, proceeds } = params;
    const opening = { cause: 'early_sale', method, right: 'statute', demand, refusal } as const;
    return openEnforcement(context, id, { ...opening, proceeds }, notices);
  },
});

/** Only a pledge, only after a fall of value by which the debt is still above `cureToBps`. */
function fallProblem(context: ReadContext, facility: Facility): Status {
  const appraisal = appraise(context, facility);
  const { standings, owed, valueMinor } = appraisal;
  for (const { lien, leftOut } of standings) {
    if (lien === undefined || !pledges.has(lien.class)) return status('early_sale_needs_pledge');
    // A price that cannot be used shows no fall.
    if (leftOut === 'price_not_final' || leftOut === 'price_is_stale') return status(leftOut);
  }
  const open = isBreached(owed.totalMinor, valueMinor, facility.cureToBps);
  if (!open) return status('margin_call_is_cured');
  const leastBps = context.parameter<number>('clearFallBps');
  return fellClearly(appraisal, leastBps) ? OK : status('value_did_not_fall');
}
