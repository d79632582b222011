import { OK, type PartyId, type ReadContext, type Status } from '@triflow/protocol';
import { versionIs } from '../../params.js';
import { areAffiliated, findParty } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { moveAlert } from '../alertRecord.js';
import { alerts } from '../keys.js';
import { isOpen } from '../lifecycle.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** Roles whose word, beside the owner's, makes an alert a false one. */
const JUDGES = ['SUPERVISOR', 'LENDER', 'INSPECTOR', 'REGULATOR', 'AUDITOR'] as const;

/**
 * Two different parties say that an alert was false: who owns the duty, and a second one that set
 * the rule or has an office of control, and that does not belong to the owner's group.
 */
export const markFalse = countersigned({
  who: 'verified',
  params: commandSchemas.mark_false,
  object: (params) => params.id,
  signers: (_, params) => [params.second],
  verify: (context, params, phase) => {
    const alert = context.get(alerts, params.id);
    if (alert === undefined) return status('object_not_found');
    const isOpening = phase === 'open';
    if (isOpening && alert.owner !== context.sender) return status('signer_not_party_to_object');
    if (!isOpen(alert.state)) return status('state_forbids_command');
    if (isOpening && !versionIs(alert, params.expectedVersion)) {
      return status('object_version_is_stale');
    }
    return secondProblem(context, alert.owner, params.second, alert.watcher);
  },
  execute: (context, { id, reason, second }, opener) => {
    const closed = { by: opener, at: context.timeMs, reason, second };
    moveAlert(context, id, 'marked_false', { state: 'FALSE', closed });
    return OK;
  },
});

function secondProblem(
  context: ReadContext,
  owner: PartyId,
  second: PartyId,
  watcher: PartyId | undefined,
): Status {
  if (owner === second) return status('parties_must_differ');
  const party = findParty(context, second);
  if (party?.state !== 'ACTIVE') return status('reference_not_found');
  const judges = second === watcher || JUDGES.some((role) => party.roles.includes(role));
  const related = areAffiliated(context, owner, second);
  return judges && related === 'not_affiliated' ? OK : status('second_party_not_independent');
}
