import { assertNever, type Day, OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { areAffiliated } from '../../party-registry/internal.js';
import { facilityParties } from '../../pledge-facility/internal.js';
import { findLot } from '../../warehouse-receipt/internal.js';
import { findLien } from '../internal.js';
import { isLive } from '../lifecycle.js';
import { publish } from '../records.js';
import { publishRegistration, registrationProblem } from '../registration.js';
import { commandSchemas, type Lien } from '../schema.js';
import { status } from '../statusCodes.js';

type Publicity = z.infer<typeof commandSchemas.record_publicity>['publicity'];

/**
 * Records the number and time of a filing in the national register, or a supervisor's control of
 * goods. The outside time is kept beside the block's, and it is the one that ranks (R5).
 */
export const recordPublicity = command({
  who: ['REGISTRY', 'SUPERVISOR', 'WAREHOUSE'],
  params: commandSchemas.record_publicity,
  verify: (context, params) => {
    const lien = findLien(context, params.id);
    if (lien === undefined) return status('object_not_found');
    const { publicity } = params;
    return firstProblem(
      () => (isLive(lien.state) ? OK : status('state_forbids_command')),
      () => publicityProblem(context, lien, publicity),
    );
  },
  execute: (context, params) => {
    const lien = findLien(context, params.id);
    if (lien === undefined) return status('object_not_found');
    const { kind } = params.publicity;
    if (kind === 'control') {
      const { controlAt } = params.publicity;
      publish(context, lien, { ...lien.publicity, controlAt, controlBy: context.sender });
      return OK;
    }
    if (kind === 'delivery') {
      const { deliveredOn } = params.publicity;
      publish(context, lien, { ...lien.publicity, deliveredOn });
      return OK;
    }
    const { kind: _kind, ...registration } = params.publicity;
    publishRegistration(context, lien, registration);
    return OK;
  },
});

function publicityProblem(context: ReadContext, lien: Lien, publicity: Publicity): Status {
  switch (publicity.kind) {
    case 'registration':
      return registrationProblem(context, lien, publicity);
    case 'control':
      return controlProblem(context, lien, publicity.controlAt);
    case 'delivery':
      return deliveryProblem(context, lien, publicity.deliveredOn);
    default:
      return assertNever(publicity, 'record_publicity');
  }
}

/** The keeper says since when the buyer has had the goods: the ten days of 416 run from then. */
function deliveryProblem(context: ReadContext, lien: Lien, deliveredOn: Day): Status {
  const keeper = findLot(context, lien.asset.id)?.warehouse;
  return firstProblem(
    () => (lien.securesPrice === true ? OK : status('publicity_does_not_fit_class')),
    () => (keeper === context.sender ? OK : status('signer_not_party_to_object')),
    () => (deliveredOn <= context.day ? OK : status('publicity_time_in_future')),
    () => {
      const recorded = lien.publicity.deliveredOn !== undefined;
      return recorded ? status('publicity_already_recorded') : OK;
    },
  );
}

function controlProblem(context: ReadContext, lien: Lien, controlAt: number): Status {
  const supervisor = facilityParties(context, lien.debtRef)?.supervisor;
  const { sender } = context;
  return firstProblem(
    () => (lien.class === 'PLEDGE_GOODS' ? OK : status('publicity_does_not_fit_class')),
    () => (supervisor === sender ? OK : status('signer_not_party_to_object')),
    () => {
      const close = areAffiliated(context, sender, lien.grantor) !== 'not_affiliated';
      return close ? status('supervisor_not_independent') : OK;
    },
    () => (controlAt <= context.timeMs ? OK : status('publicity_time_in_future')),
    () => {
      const recorded = lien.publicity.controlAt !== undefined;
      return recorded ? status('publicity_already_recorded') : OK;
    },
  );
}
