import { OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { standing } from '../../lien/internal.js';
import { criticalAlertProblem } from '../../monitoring/internal.js';
import { firstProblem, versionIs } from '../../params.js';
import { countersigned } from '../../pending.js';
import { stateProblem } from '../guards.js';
import { accrueTo } from '../interest.js';
import { findFacility } from '../internal.js';
import { alertAssets, withBasePrice } from '../items.js';
import { loadFacility } from '../loadFacility.js';
import { isBreached } from '../ltv.js';
import { saveRevalued } from '../revaluation.js';
import { commandSchemas, type Facility } from '../schema.js';
import { status } from '../statusCodes.js';
import { type Appraisal, appraise } from '../valuation.js';

type Params = z.infer<typeof commandSchemas.draw>;

/** The pledgor draws, the lender agrees: within the limit and (L + d) * 10000 <= V * initialLtv. */
export const draw = countersigned({
  who: 'anyone',
  params: commandSchemas.draw,
  object: (params) => params.id,
  signers: (context, params) => [loadFacility(context, params.id).lender],
  verify: (context, params, phase) => {
    const facility = findFacility(context, params.id);
    if (facility === undefined) return status('object_not_found');
    const opening = phase === 'open';
    const bySender = facility.pledgor === context.sender;
    const current = versionIs(facility, params.expectedVersion);
    const { state, maturity, limit } = facility;
    return firstProblem(
      () => (opening && !bySender ? status('signer_not_party_to_object') : OK),
      () => stateProblem(state === 'ESTABLISHED' || state === 'NORMAL'),
      () => (opening && !current ? status('object_version_is_stale') : OK),
      () => (params.amount.currency === limit.currency ? OK : status('currency_does_not_match')),
      () => (params.amount.minor > 0n ? OK : status('amount_must_be_positive')),
      () => (context.day <= maturity ? OK : status('deadline_has_passed')),
      () => coverProblem(context, facility, params),
    );
  },
  execute: (context, params) => {
    const facility = loadFacility(context, params.id);
    const accrued = accrueTo(facility.debt, facility, context.day);
    const principalMinor = accrued.principalMinor + params.amount.minor;
    const items = facility.items.map((item) => withBasePrice(context, item));
    return saveRevalued(
      context,
      { ...facility, items, debt: { ...accrued, principalMinor } },
      { event: 'facility.drawn', facts: { amount: params.amount }, changesTerms: true },
    );
  },
});

function coverProblem(context: ReadContext, facility: Facility, params: Params): Status {
  const appraisal = appraise(context, facility);
  const debtMinor = appraisal.owed.totalMinor + params.amount.minor;
  const assets = appraisal.standings.map((one) => one.item.asset);
  const tooHigh = isBreached(debtMinor, appraisal.valueMinor, facility.initialLtvBps);
  return firstProblem(
    () => lienProblem(context, appraisal),
    () => (debtMinor <= facility.limit.minor ? OK : status('limit_exceeded')),
    () => (tooHigh ? (missingPrice(appraisal) ?? status('ltv_too_high')) : OK),
    () => criticalAlertProblem(context, ...alertAssets(context, assets)),
  );
}

/** Money goes out only against liens that are effective and registered (Interp. 59). */
function lienProblem(context: ReadContext, appraisal: Appraisal): Status {
  for (const { lien } of appraisal.standings) {
    if (lien === undefined) return status('item_not_pledged');
    const { effective, registered } = standing(lien, context.day);
    if (!effective) return status('lien_not_effective');
    if (!registered) return status('lien_not_registered');
  }
  return OK;
}

/** When cover is missing because a price could not be used, the refusal says so. */
function missingPrice(appraisal: Appraisal): Status | undefined {
  for (const { leftOut } of appraisal.standings) {
    if (leftOut === 'price_is_stale' || leftOut === 'price_not_final') return status(leftOut);
  }
  return undefined;
}
