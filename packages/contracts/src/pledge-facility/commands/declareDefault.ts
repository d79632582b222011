import { OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { firstProblem, versionIs } from '../../params.js';
import { stateProblem } from '../guards.js';
import { accrueTo, owedOn } from '../interest.js';
import { findFacility } from '../internal.js';
import { facilities } from '../keys.js';
import { isLive } from '../lifecycle.js';
import { loadFacility } from '../loadFacility.js';
import { commandSchemas, type Facility } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.declare_default>;

/** The lender names the event of default. It passes no title to anyone (F6; 401, 428). */
export const declareDefault = command({
  who: ['LENDER'],
  params: commandSchemas.declare_default,
  verify: (context, params) => {
    const facility = findFacility(context, params.id);
    if (facility === undefined) return status('object_not_found');
    const { state } = facility;
    return firstProblem(
      () => (facility.lender === context.sender ? OK : status('signer_not_party_to_object')),
      () => stateProblem(isLive(state) || state === 'CURE_FAILED'),
      () => (versionIs(facility, params.expectedVersion) ? OK : status('object_version_is_stale')),
      () => eventProblem(context, facility, params),
    );
  },
  execute: (context, params) => {
    const facility = loadFacility(context, params.id);
    const { event, evidence } = params;
    const version = facility.version + 1;
    const debt = accrueTo(facility.debt, facility, context.day);
    context.put(facilities, [facility.id], {
      ...facility,
      debt,
      state: 'DEFAULT',
      default: { event, evidence, at: context.timeMs },
      version,
    });
    const { totalMinor } = owedOn(debt, facility, context.day);
    const facts = { version, state: 'DEFAULT', event, evidence, debtMinor: totalMinor };
    context.emit('default.declared', facility.id, facts);
    return OK;
  },
});

/** Unpaid at maturity, a cure that failed, or an agreed event with its evidence. */
function eventProblem(context: ReadContext, facility: Facility, params: Params): Status {
  const { event, evidence } = params;
  const { totalMinor } = owedOn(facility.debt, facility, context.day);
  const unpaid = event === 'debt_unpaid' && context.day > facility.maturity && totalMinor > 0n;
  const uncured = event === 'cure_failed' && facility.state === 'CURE_FAILED';
  const agreed = facility.defaultEvents.includes(event) && evidence !== undefined;
  return unpaid || uncured || agreed ? OK : status('default_event_not_met');
}
