import { isOk, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem, versionIs } from '../../params.js';
import { hasOpenSale, stateProblem } from '../guards.js';
import { owedOn } from '../interest.js';
import { findFacility } from '../internal.js';
import { facilities } from '../keys.js';
import { mayRepay } from '../lifecycle.js';
import { loadFacility } from '../loadFacility.js';
import { releasableLiens, releaseLiens } from '../releaseLiens.js';
import { commandSchemas, type Facility } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * The debt is paid: the facility closes and its liens end (393). A receipt that is frozen, or
 * waits for a signature or at the gate, is released later by `warehouse-receipt.release`.
 */
export const repayAndRelease = command({
  who: ['LENDER'],
  params: commandSchemas.repay_and_release,
  verify: (context, params) => {
    const facility = findFacility(context, params.id);
    if (facility === undefined) return status('object_not_found');
    const { totalMinor } = owedOn(facility.debt, facility, context.day);
    return firstProblem(
      () => (facility.lender === context.sender ? OK : status('signer_not_party_to_object')),
      () => stateProblem(mayRepay(facility.state)),
      () => (versionIs(facility, params.expectedVersion) ? OK : status('object_version_is_stale')),
      () => (hasOpenSale(facility) ? status('sale_is_open') : OK),
      () => (totalMinor === 0n ? OK : status('debt_not_repaid')),
    );
  },
  execute: (context, params) => {
    const facility = loadFacility(context, params.id);
    const liens = releasableLiens(context, facility);
    const version = facility.version + 1;
    const state = 'CLOSED';
    const closed: Facility = { ...facility, items: [], state, marginCall: undefined, version };
    context.put(facilities, [facility.id], closed);
    const released = liens.map((lien) => lien.asset.id);
    context.emit('facility.closed', facility.id, { version, state, released });
    const ended = releaseLiens(context, liens);
    return isOk(ended) ? OK : ended;
  },
});
