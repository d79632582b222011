import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { facilityParties } from '../../pledge-facility/internal.js';
import { findLien } from '../internal.js';
import { isLive } from '../lifecycle.js';
import { publish } from '../records.js';
import { publishRegistration, registrationProblem } from '../registration.js';
import { commandSchemas, type Lien } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * Records the number and time of a filing in the national register, or a supervisor's control of
 * goods. The outside time is kept beside the block's, and it is the one that ranks (R5).
 */
export const recordPublicity = command({
  who: ['REGISTRY', 'SUPERVISOR'],
  params: commandSchemas.record_publicity,
  verify: (context, params) => {
    const lien = findLien(context, params.id);
    if (lien === undefined) return status('object_not_found');
    const { publicity } = params;
    return firstProblem(
      () => (isLive(lien.state) ? OK : status('state_forbids_command')),
      () =>
        publicity.kind === 'registration'
          ? registrationProblem(context, lien, publicity)
          : controlProblem(context, lien, publicity.controlAt),
    );
  },
  execute: (context, params) => {
    const lien = findLien(context, params.id);
    if (lien === undefined) return status('object_not_found');
    if (params.publicity.kind === 'control') {
      const { controlAt } = params.publicity;
      publish(context, lien, { ...lien.publicity, controlAt, controlBy: context.sender });
      return OK;
    }
    const { kind: _kind, ...registration } = params.publicity;
    publishRegistration(context, lien, registration);
    return OK;
  },
});

function controlProblem(context: ReadContext, lien: Lien, controlAt: number): Status {
  const supervisor = facilityParties(context, lien.debtRef)?.supervisor;
  const { sender } = context;
  return firstProblem(
    () => (lien.class === 'PLEDGE_GOODS' ? OK : status('publicity_does_not_fit_class')),
    () => (supervisor === sender ? OK : status('signer_not_party_to_object')),
    () => (controlAt <= context.timeMs ? OK : status('publicity_time_in_future')),
    () => {
      const recorded = lien.publicity.controlAt !== undefined;
      return recorded ? status('publicity_already_recorded') : OK;
    },
  );
}
