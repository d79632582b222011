import { OK, type ReadContext, type Status } from '@triflow/protocol';
import { firstProblem, versionIs } from '../params.js';
import type { Lien } from './schema.js';
import { status } from './statusCodes.js';

/** What a lien's holder opens: its signature, the lien's state and version, in this order. */
export function holderProblem(
  context: ReadContext,
  lien: Lien,
  command: {
    readonly states: readonly Lien['state'][];
    readonly expectedVersion: number;
    /** At the last of several signatures holder and version are not asked again. */
    readonly phase?: 'open' | 'final';
  },
): Status {
  const { states, expectedVersion, phase = 'open' } = command;
  const last = phase === 'final';
  return firstProblem(
    () => (last || lien.holder === context.sender ? OK : status('signer_not_party_to_object')),
    () => (states.includes(lien.state) ? OK : status('state_forbids_command')),
    () => (last || versionIs(lien, expectedVersion) ? OK : status('object_version_is_stale')),
  );
}
