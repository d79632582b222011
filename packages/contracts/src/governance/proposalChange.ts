import { defined, OK, type ReadContext, type Status, type WriteContext } from '@triflow/protocol';
import { activeGovernors } from '../party-registry/internal.js';
import { features, proposals } from './keys.js';
import { changeParameter, type GovernedContract, parameterProblem } from './parameterChange.js';
import type { Change, Proposal } from './schema.js';
import { status } from './statusCodes.js';
import { isSeatOf, observerChangeProblem, seatChangeProblem } from './validatorChange.js';

/** What counts is in force at the earliest two heights after the deciding one (domain 3.2). */
const IN_FORCE_AFTER = 2;

/** The proposal that the guards have just found. */
export function proposalToChange(context: ReadContext, id: string): Proposal {
  return defined(context.get(proposals, id), `governance: ${id} was found by its guards`);
}

/** Why a change could not be made now, whoever decides it. */
export function changeProblem(
  context: ReadContext,
  governed: readonly GovernedContract[],
  change: Change,
): Status {
  switch (change.kind) {
    case 'set_parameter':
      return parameterProblem(context, governed, change.body);
    case 'activate_feature': {
      const known = context.get(features, change.body.feature) !== undefined;
      return known ? status('feature_already_decided') : OK;
    }
    case 'add_observer':
    case 'remove_observer':
      return observerChangeProblem(context, change);
    default:
      return seatChangeProblem(context, change);
  }
}

/** Whether enough of those who govern now have said yes: yes · 3 > governors · 2. */
export function isCarried(context: ReadContext, votes: Proposal['votes']): boolean {
  const { yes, all } = tally(context, votes);
  return yes * 3 > all * 2;
}

/** Whether the others can no longer carry it. */
export function isLost(context: ReadContext, votes: Proposal['votes']): boolean {
  const { no, all } = tally(context, votes);
  return (all - no) * 3 <= all * 2;
}

/**
 * Ends the vote with a yes. Parameters and features are written at once, to count from a later
 * height; seats and observers wait for `activate`. A guard that holds no longer rejects it.
 */
export function pass(
  context: WriteContext,
  governed: readonly GovernedContract[],
  proposal: Proposal,
): void {
  const { id, change } = proposal;
  const problem = isSeatOf(context, proposal)
    ? changeProblem(context, governed, change)
    : status('validator_seat_changed');
  if (problem.number !== 0) {
    endProposal(context, proposal, { state: 'REJECTED', rejectedFor: problem.code });
    return;
  }
  const passed = { height: context.height, at: context.timeMs };
  const fromHeight = Math.max(proposal.activateAt ?? 0, context.height + IN_FORCE_AFTER);
  if (change.kind === 'set_parameter') {
    endProposal(context, proposal, { state: 'PASSED', passed, inForceFrom: fromHeight });
    changeParameter(context, change.body, fromHeight);
    const { contract, name, value } = change.body;
    const stated = typeof value === 'object' ? [...value] : value;
    context.emit('parameter.changed', id, { contract, name, value: stated, fromHeight });
  } else if (change.kind === 'activate_feature') {
    const { feature } = change.body;
    endProposal(context, proposal, { state: 'PASSED', passed, inForceFrom: fromHeight });
    context.put(features, [feature], { feature, fromHeight, proposal: id });
    context.emit('feature.activated', id, { feature, fromHeight });
  } else endProposal(context, proposal, { state: 'PASSED', passed });
}

/** Moves a proposal into another state and says so. */
export function endProposal(
  context: WriteContext,
  proposal: Proposal,
  fields: Pick<Proposal, 'state'> & Partial<Proposal>,
): void {
  const version = proposal.version + 1;
  context.put(proposals, [proposal.id], { ...proposal, ...fields, version });
  const type = stateEvents[fields.state];
  const { kind } = proposal.change;
  const reason = fields.rejectedFor === undefined ? {} : { reason: fields.rejectedFor };
  if (type !== undefined) {
    context.emit(type, proposal.id, { version, state: fields.state, kind, ...reason });
  }
}

const stateEvents: Readonly<Partial<Record<Proposal['state'], string>>> = {
  PASSED: 'proposal.passed',
  REJECTED: 'proposal.rejected',
  EXPIRED: 'proposal.expired',
};

function tally(
  context: ReadContext,
  votes: Proposal['votes'],
): { readonly yes: number; readonly no: number; readonly all: number } {
  const governors = activeGovernors(context);
  const counted = votes.filter((vote) => governors.includes(vote.governor));
  const yes = counted.filter((vote) => vote.yes).length;
  return { yes, no: counted.length - yes, all: governors.length };
}
