import { OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem } from '../../params.js';
import { hasRole } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { hasLapsed } from '../effectiveness.js';
import { holderProblem } from '../guards.js';
import { findLien } from '../internal.js';
import { publish } from '../records.js';
import { commandSchemas, type Lien } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.extend>;

/**
 * The holder has its registration prolonged before it lapses; the register's gateway confirms. A
 * lapsed one is not revived: it is registered anew, with a new time.
 */
export const extend = countersigned<Params>({
  who: 'anyone',
  params: commandSchemas.extend,
  object: (params) => params.id,
  signers: (_context, params) => [params.registry],
  verify: (context, params, phase) => {
    const lien = findLien(context, params.id);
    if (lien === undefined) return status('object_not_found');
    const { expectedVersion } = params;
    const states = ['EFFECTIVE', 'CRYSTALLISED'] as const;
    return firstProblem(
      () => holderProblem(context, lien, { states, expectedVersion, phase }),
      () => (hasRole(context, params.registry, 'REGISTRY') ? OK : status('signer_lacks_role')),
      () => registrationProblem(context, lien, params),
    );
  },
  execute: (context, { id, registryValidTo }) => {
    const lien = findLien(context, id);
    if (lien === undefined) return status('object_not_found');
    publish(context, lien, { ...lien.publicity, registryValidTo });
    return OK;
  },
});

function registrationProblem(context: ReadContext, lien: Lien, params: Params): Status {
  const former = lien.publicity.registryValidTo;
  if (former === undefined) return status('registration_missing');
  if (hasLapsed(former, context.timeMs)) return status('registration_has_lapsed');
  return params.registryValidTo > former ? OK : status('publicity_already_recorded');
}
