import { OK, type PartyId, type ReadContext, type Status } from '@triflow/protocol';
import { firstProblem, versionIs } from '../params.js';
import { isFrozen } from './internal.js';
import { claims } from './keys.js';
import { isPending } from './lifecycle.js';
import type { Claim, ClaimState } from './schema.js';
import { status } from './statusCodes.js';

export type Phase = 'open' | 'final';

interface Asked {
  readonly id: string;
  readonly states: readonly ClaimState[];
  /** Who may open the command; left out, anyone. */
  readonly signers?: (claim: Claim) => readonly (PartyId | undefined)[];
  readonly expectedVersion?: number;
  readonly phase?: Phase;
}

/**
 * The guards that every command on a claim asks first, in the documented order: it exists, its
 * signer, no freezing order, no other pending command, its state, its version. At the last
 * signature neither signer nor version is asked again (R9): between them nothing else can act.
 */
export function claimProblem(context: ReadContext, asked: Asked): Status {
  const claim = context.get(claims, asked.id);
  if (claim === undefined) return status('object_not_found');
  const { signers, expectedVersion, phase = 'open' } = asked;
  const opening = phase === 'open';
  return firstProblem(
    () => {
      const signs = signers === undefined || signers(claim).includes(context.sender);
      return signs || !opening ? OK : status('signer_not_party_to_object');
    },
    () => (isFrozen(claim, context.timeMs) ? status('object_is_frozen') : OK),
    () => stateProblem(claim, asked.states),
    () => {
      const stale = expectedVersion !== undefined && !versionIs(claim, expectedVersion);
      return stale && opening ? status('object_version_is_stale') : OK;
    },
  );
}

/** An object of the creditor's or holder's own name must be new. */
export function freshIdProblem(context: ReadContext, ids: readonly string[]): Status {
  const fresh = ids.every((id) => context.get(claims, id) === undefined);
  return fresh && new Set(ids).size === ids.length ? OK : status('id_already_exists');
}

function stateProblem(claim: Claim, states: readonly ClaimState[]): Status {
  if (states.includes(claim.state)) return OK;
  if (isPending(claim.state)) return status('object_has_pending_command');
  return status('state_forbids_command');
}

/** What has reached its maturity can only be paid (R5: whether or not `mature` was sent). */
export function runningProblem(context: ReadContext, id: string): Status {
  const claim = context.get(claims, id);
  const over = claim !== undefined && context.day >= claim.maturity;
  return over ? status('deadline_has_passed') : OK;
}
