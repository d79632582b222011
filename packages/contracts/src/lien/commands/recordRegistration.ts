import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { isStatus } from '../../status.js';
import { liveLien } from '../internal.js';
import { publishRegistration, registrationProblem } from '../registration.js';
import { internalSchemas } from '../schema.js';

/** Another contract's REGISTRY command files a lien of its own asset. */
export const recordRegistration = internalCommand({
  callers: ['receivable', 'livestock'],
  params: internalSchemas.record_registration,
  verify: (context, { id, ...registration }) => {
    const lien = liveLien(context, id);
    return isStatus(lien) ? lien : registrationProblem(context, lien, registration);
  },
  execute: (context, { id, ...registration }) => {
    const lien = liveLien(context, id);
    if (isStatus(lien)) return lien;
    publishRegistration(context, lien, registration);
    return OK;
  },
});
