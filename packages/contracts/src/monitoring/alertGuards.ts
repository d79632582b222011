import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { versionIs } from '../params.js';
import { alerts } from './keys.js';
import type { AlertState } from './schema.js';
import { status } from './statusCodes.js';

/** Guards of whoever owns the duty: the alert exists, is the signer's, fresh, and in a state. */
export function ownAlertProblem(
  context: ReadContext,
  id: string,
  expectedVersion: number,
  states: readonly AlertState[],
): Status {
  const alert = context.get(alerts, id);
  if (alert === undefined) return status('object_not_found');
  if (alert.owner !== context.sender) return status('signer_not_party_to_object');
  if (!states.includes(alert.state)) return status('state_forbids_command');
  return versionIs(alert, expectedVersion) ? OK : status('object_version_is_stale');
}
