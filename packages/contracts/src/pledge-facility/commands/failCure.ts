import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem, versionIs } from '../../params.js';
import { stateProblem } from '../guards.js';
import { findFacility } from '../internal.js';
import { facilities } from '../keys.js';
import { loadFacility } from '../loadFacility.js';
import { isBreached } from '../ltv.js';
import { commandSchemas, type Facility } from '../schema.js';
import { status } from '../statusCodes.js';
import { appraise } from '../valuation.js';

/** The lender states that the time to cure is over and the debt is still above `cureToBps`. */
export const failCure = command({
  who: ['LENDER'],
  params: commandSchemas.fail_cure,
  verify: (context, params) => {
    const facility = findFacility(context, params.id);
    if (facility === undefined) return status('object_not_found');
    const { marginCall } = facility;
    const over = marginCall !== undefined && context.timeMs > marginCall.deadline;
    return firstProblem(
      () => (facility.lender === context.sender ? OK : status('signer_not_party_to_object')),
      () => stateProblem(facility.state === 'MARGIN_CALL'),
      () => (versionIs(facility, params.expectedVersion) ? OK : status('object_version_is_stale')),
      () => (over ? OK : status('deadline_not_reached')),
      () => curedProblem(context, facility),
    );
  },
  execute: (context, params) => {
    const facility = loadFacility(context, params.id);
    const version = facility.version + 1;
    const state = 'CURE_FAILED';
    context.put(facilities, [facility.id], { ...facility, state, version });
    const { deadline, cureCashMinor } = facility.marginCall ?? {};
    const facts = { version, state, deadline, cureCashMinor };
    context.emit('margin_call.failed', facility.id, facts);
    return OK;
  },
});

/** A price that came back has cured the call; `revalue` then says so. */
function curedProblem(context: ReadContext, facility: Facility): Status {
  const { owed, valueMinor } = appraise(context, facility);
  const open = isBreached(owed.totalMinor, valueMinor, facility.cureToBps);
  return open ? OK : status('margin_call_is_cured');
}
