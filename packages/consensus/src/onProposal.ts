import { limits, type Proposal } from '@triflow/protocol';
import type { Effect } from './effect.js';
import { proposalEvidence } from './evidence.js';
import type { Input } from './input.js';
import { noteConflicts } from './onVote.js';
import { proposerIndex } from './proposer.js';
import { quarantineIfForgotten } from './quarantine.js';
import { judge } from './roundMachine.js';
import type { Draft, HeldProposal } from './state.js';
import { proposalProblem } from './validate/proposal.js';
import { addCertificate, commits, polkas } from './voteKeeper.js';

/**
 * R-C4, R-M3: takes a verified proposal; its POL counts as its votes at once (R-C3). A second,
 * different one of the same round is kept too, and is evidence.
 */
export function onProposal(
  draft: Draft,
  effects: Effect[],
  input: Extract<Input, { kind: 'proposal' }>,
): void {
  const { proposal, at } = input;
  const { height, set } = draft.base;
  if (proposal.height !== height) return;
  const index = proposerIndex(height, proposal.round, set.length);
  const problem = proposalProblem(proposal);
  if (problem !== undefined) {
    effects.push({ kind: 'report', index, fault: problem });
    return;
  }
  if (index === draft.selfIndex) {
    const slot = { type: 'proposal', ...proposal } as const;
    if (quarantineIfForgotten(draft, effects, slot)) return;
  }
  if (proposal.pol !== undefined) {
    const update = addCertificate(draft.votes, proposal.pol, draft.round);
    draft.votes = update.keeper;
    noteConflicts(draft, effects, update.conflicts);
  }
  hold(draft, effects, proposal, at);
}

function hold(draft: Draft, effects: Effect[], proposal: Proposal, at: number): void {
  const held = draft.proposals.get(proposal.round) ?? [];
  const isKnown = held.some((one) => isSameProposal(one.proposal, proposal));
  if (isKnown) return;
  const [first] = held;
  if (first !== undefined) {
    const evidence = proposalEvidence(draft.base, first.proposal, proposal);
    effects.push({ kind: 'evidence', evidence });
  }
  if (!isWanted(draft, proposal, held)) return;
  const entry: HeldProposal = { proposal, arrivedAt: at };
  draft.proposals = new Map(draft.proposals).set(proposal.round, [...held, entry]);
  judge(draft, effects, proposal.valueId);
}

/**
 * R-M3: the first two of a round up to round + F, a certified value there too, and whatever a
 * certificate names. A certificate names a value in a round: one for which a value is certified
 * somewhere could otherwise be proposed for every turn to come, and all of that be kept.
 */
function isWanted(draft: Draft, proposal: Proposal, held: readonly HeldProposal[]): boolean {
  const { round, valueId } = proposal;
  const certified = [...commits(draft.votes), ...polkas(draft.votes)];
  const named = certified.filter((certificate) => certificate.valueId === valueId);
  if (named.some((certificate) => certificate.round === round)) return true;
  const inWindow =
    round <= draft.round + limits.futureRounds && round >= draft.round - limits.pastProposalRounds;
  return inWindow && (held.length < limits.proposalsPerRound || named.length > 0);
}

function isSameProposal(a: Proposal, b: Proposal): boolean {
  return a.valueId === b.valueId && a.validRound === b.validRound;
}
