import { OK } from '@triflow/protocol';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { stateProblem } from '../guards.js';
import { accrueTo, owedOn } from '../interest.js';
import { findFacility } from '../internal.js';
import { isLive } from '../lifecycle.js';
import { loadFacility } from '../loadFacility.js';
import { saveRevalued } from '../revaluation.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * Costs and fees owed beside the loan, which the pledgor accepts; they are paid first (561).
 * Penalties that are not interest are paid after principal (counsel).
 */
export const recordCosts = countersigned({
  who: ['LENDER'],
  params: commandSchemas.record_costs,
  object: (params) => params.id,
  signers: (context, params) => [loadFacility(context, params.id).pledgor],
  verify: (context, params, phase) => {
    const facility = findFacility(context, params.id);
    if (facility === undefined) return status('object_not_found');
    const bySender = phase === 'final' || facility.lender === context.sender;
    const { amount } = params;
    const owed = owedOn(facility.debt, facility, context.day).totalMinor + amount.minor;
    return firstProblem(
      () => (bySender ? OK : status('signer_not_party_to_object')),
      () => stateProblem(isLive(facility.state)),
      () => (amount.currency === facility.limit.currency ? OK : status('currency_does_not_match')),
      () => (amount.minor > 0n ? OK : status('amount_must_be_positive')),
      () => (owed <= facility.limit.minor ? OK : status('limit_exceeded')),
    );
  },
  execute: (context, params) => {
    const facility = loadFacility(context, params.id);
    const accrued = accrueTo(facility.debt, facility, context.day);
    const { amount, evidence, kind = 'costs' } = params;
    const sum = kind === 'penalty' ? 'penaltiesMinor' : 'costsMinor';
    const debt = { ...accrued, [sum]: accrued[sum] + amount.minor };
    return saveRevalued(
      context,
      { ...facility, debt },
      { event: 'facility.costs_recorded', facts: { amount, evidence, kind }, changesTerms: true },
    );
  },
});
