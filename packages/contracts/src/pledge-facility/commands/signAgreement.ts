import { OK } from '@triflow/protocol';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { independenceProblem, openingProblem, roleProblem, stateProblem } from '../guards.js';
import { findFacility } from '../internal.js';
import { facilities } from '../keys.js';
import { loadFacility } from '../loadFacility.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * Lender, pledgor and supervisor sign. The supervisor works for the lender and is independent of
 * the pledgor: otherwise the goods never leave the pledgor's control (Interp. 55).
 */
export const signAgreement = countersigned({
  who: ['LENDER'],
  params: commandSchemas.sign_agreement,
  object: (params) => params.id,
  signers: (context, params) => [loadFacility(context, params.id).pledgor, params.supervisor],
  verify: (context, params, phase) => {
    const facility = findFacility(context, params.id);
    if (facility === undefined) return status('object_not_found');
    const stands = () => stateProblem(facility.state === 'APPROVED');
    const asked = {
      opener: facility.lender,
      stands,
      expectedVersion: params.expectedVersion,
      phase,
    };
    return firstProblem(
      () => openingProblem(context, facility, asked),
      () => roleProblem(context, params.supervisor, 'SUPERVISOR'),
      () => (params.engagedBy === facility.lender ? OK : status('supervisor_engaged_by_pledgor')),
      () => independenceProblem(context, facility, params.supervisor),
    );
  },
  execute: (context, params) => {
    const facility = loadFacility(context, params.id);
    const { supervisor, agreement } = params;
    const version = facility.version + 1;
    const state = 'CONTROL_PENDING';
    context.put(facilities, [facility.id], { ...facility, supervisor, agreement, state, version });
    context.emit('facility.agreed', facility.id, { version, state, supervisor, agreement });
    return OK;
  },
});
