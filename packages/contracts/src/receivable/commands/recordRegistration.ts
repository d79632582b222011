import { defined, isOk, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { countExposure } from '../exposure.js';
import { claimProblem } from '../guards.js';
import { loadClaim, saveClaim } from '../records.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * The gateway of the national register reports the filing (动产融资统一登记公示系统). It is one of
 * the two things that a financing waits for; a pledge arises by it (445).
 */
export const recordRegistration = command({
  who: ['REGISTRY'],
  params: commandSchemas.record_registration,
  verify: (context, { id }) =>
    firstProblem(
      () => claimProblem(context, { id, states: ['FINANCE_PENDING', 'PLEDGE_PENDING'] }),
      () => {
        const waits = loadClaim(context, id).lien !== undefined;
        return waits ? OK : status('object_has_pending_command');
      },
      () => {
        const known = loadClaim(context, id).financing?.registrationNo;
        return known === undefined ? OK : status('registration_already_recorded');
      },
    ),
  execute: (context, { id, ...registration }) => {
    const claim = loadClaim(context, id);
    const lien = defined(claim.lien, 'record_registration: the guards asked for the lien');
    const filed = context.call('lien', 'record_registration', { id: lien, ...registration });
    if (!isOk(filed)) return filed;
    const { registrationNo } = registration;
    const { financing } = claim;
    if (financing === undefined) {
      const pledged = { ...claim, state: 'PLEDGED' as const };
      const { registeredAt } = registration;
      saveClaim(context, pledged, 'claim.pledged', { lien, registrationNo, registeredAt });
      return countExposure(context, pledged, 1n);
    }
    const registered = { ...claim, financing: { ...financing, registrationNo } };
    saveClaim(context, registered, 'claim.registered', { lien, registrationNo });
    return OK;
  },
});
