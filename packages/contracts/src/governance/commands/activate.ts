import {
  hashFromText,
  limits,
  OK,
  type ReadContext,
  readinessSignBytes,
  type Status,
} from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { hasRole } from '../../party-registry/internal.js';
import { proposals } from '../keys.js';
import type { GovernedContract } from '../parameterChange.js';
import { changeProblem, endProposal, proposalToChange } from '../proposalChange.js';
import { commandSchemas, type Proposal } from '../schema.js';
import { status } from '../statusCodes.js';
import { changeObservers, changeSeats, isSeatOf, standingSet } from '../validatorChange.js';

interface Readiness {
  readonly height: number;
  readonly valueId: string;
  readonly signature: Uint8Array;
}

/**
 * Makes a passed change of seats or observers: a new seat or key by its own party with a fresh
 * readiness signature of the new key (R-S3), the others by any GOVERNOR. Counts from height + 2.
 */
export function activate(governed: readonly GovernedContract[]) {
  return command({
    who: 'verified',
    params: commandSchemas.activate,
    verify: (context, { id, readiness }) => {
      const proposal = context.get(proposals, id);
      if (proposal === undefined) return status('object_not_found');
      const signer = signerProblem(context, proposal);
      if (signer !== OK) return signer;
      const { state, passed, inForceFrom, activateAt = 0 } = proposal;
      if (state !== 'PASSED' || passed === undefined || inForceFrom !== undefined) {
        return status('state_forbids_command');
      }
      const early = context.height <= passed.height || context.height < activateAt;
      if (early) return status('deadline_not_reached');
      const until = passed.at + context.parameter<number>('activationPeriodMs');
      if (context.timeMs > until) return status('deadline_has_passed');
      if (!isSeatOf(context, proposal)) return status('validator_seat_changed');
      const problem = changeProblem(context, governed, proposal.change);
      return problem === OK ? readinessProblem(context, proposal, readiness) : problem;
    },
    execute: (context, { id }) => {
      const proposal = proposalToChange(context, id);
      const { change } = proposal;
      if (change.kind === 'add_observer' || change.kind === 'remove_observer') {
        const inForceFrom = context.height + 1;
        changeObservers(context, change);
        endProposal(context, proposal, { state: 'EXECUTED', inForceFrom });
        const { peerId } = change.body;
        context.emit('observers.changed', id, { kind: change.kind, peerId, inForceFrom });
      } else if (change.kind !== 'set_parameter' && change.kind !== 'activate_feature') {
        const fromHeight = changeSeats(context, change);
        endProposal(context, proposal, { state: 'EXECUTED', inForceFrom: fromHeight });
        const { validator } = change.body;
        context.emit('validator_set.changed', id, { kind: change.kind, validator, fromHeight });
      }
      return OK;
    },
  });
}

function signerProblem(context: ReadContext, { change }: Proposal): Status {
  const owner = seatOwner(context, change);
  const fits =
    owner === undefined ? hasRole(context, context.sender, 'GOVERNOR') : context.sender === owner;
  if (fits) return OK;
  return status(owner === undefined ? 'signer_lacks_role' : 'signer_not_party_to_object');
}

/** The party whose node must be ready; undefined where a GOVERNOR activates. */
function seatOwner(context: ReadContext, change: Proposal['change']): string | undefined {
  if (change.kind === 'add_validator') return change.body.party;
  if (change.kind !== 'rekey_validator') return undefined;
  const { validator } = change.body;
  return standingSet(context).find((one) => one.id === validator)?.party ?? '';
}

function readinessProblem(
  context: ReadContext,
  { change }: Proposal,
  readiness: Readiness | undefined,
): Status {
  if (change.kind !== 'add_validator' && change.kind !== 'rekey_validator') return OK;
  if (readiness === undefined) return status('readiness_not_signed');
  const { height, signature } = readiness;
  const valueId = hashFromText(readiness.valueId);
  if (valueId === undefined || height < context.height - limits.readinessAgeMax) {
    return status('readiness_is_stale');
  }
  if (context.blockId(height) !== valueId) return status('readiness_is_stale');
  const { validator: validatorId, suite, publicKey } = change.body;
  const ready = { validatorId, suite, publicKey, height, valueId };
  const message = readinessSignBytes(context.chain, ready);
  const signed = context.verifySignature(suite, publicKey, message, signature);
  return signed ? OK : status('readiness_not_signed');
}
