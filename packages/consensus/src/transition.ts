import { assert, assertNever, type Hash, limits } from '@triflow/protocol';
import type { Effect } from './effect.js';
import type { Input, StartHeight } from './input.js';
import { onCertificate } from './onCertificate.js';
import { onPeerStatus, onRestarted, settleMode } from './onPeerStatus.js';
import { onProposal } from './onProposal.js';
import { onSigned } from './onSigned.js';
import { onStartHeight } from './onStartHeight.js';
import { onSynced } from './onSynced.js';
import { onTimer } from './onTimer.js';
import { onVerdict } from './onVerdict.js';
import { onVote } from './onVote.js';
import { onBlockBuilt, onNothingToBuild, onWork } from './onWork.js';
import { applyRules } from './roundMachine.js';
import type { ConsensusState, Draft } from './state.js';
import { polkas } from './voteKeeper.js';

export interface Transition {
  readonly state: ConsensusState;
  readonly effects: readonly Effect[];
}

/**
 * The whole of agreement: total, synchronous, without clock, disk, network or randomness.
 * `state` is null only before the first `startHeight`. Inputs of another height have no effect.
 */
export function transition(state: ConsensusState | null, input: Input): Transition {
  const effects: Effect[] = [];
  if (input.kind === 'startHeight') return begin(input, effects);
  assert(state !== null, 'transition: the first input is startHeight');
  if (state.step === 'decided' || state.mode === 'halted') return { state, effects };
  const draft: Draft = { ...state };
  dispatch(draft, effects, input);
  settle(draft, effects, input.at);
  return { state: draft, effects };
}

function begin(input: StartHeight, effects: Effect[]): Transition {
  const draft = onStartHeight(input, effects);
  settle(draft, effects, input.at);
  return { state: draft, effects };
}

function dispatch(draft: Draft, effects: Effect[], input: Exclude<Input, StartHeight>): void {
  switch (input.kind) {
    case 'restarted':
      return onRestarted(draft, input);
    case 'work':
      return onWork(draft, effects, input);
    case 'blockBuilt':
      return onBlockBuilt(draft, effects, input);
    case 'nothingToBuild':
      return onNothingToBuild(draft, input);
    case 'proposal':
      return onProposal(draft, effects, input);
    case 'vote':
      return onVote(draft, effects, input.vote);
    case 'certificate':
      return onCertificate(draft, effects, input.certificate);
    case 'verdict':
      return onVerdict(draft, effects, input);
    case 'signed':
      return onSigned(draft, effects, input);
    case 'synced':
      return onSynced(draft, effects, input);
    case 'peerStatus':
      return onPeerStatus(draft, effects, input);
    case 'timer':
      return onTimer(draft, effects, input.timer, input.at);
    default:
      return assertNever(input, 'transition');
  }
}

/** Rules, then mode, until both rest; then which bodies are still needed. */
function settle(draft: Draft, effects: Effect[], at: number): void {
  applyRules(draft, effects, at);
  if (draft.step === 'decided' || draft.mode === 'halted') return;
  if (settleMode(draft, effects, at)) applyRules(draft, effects, at);
  keepBodies(draft, effects);
}

/** R-M4: a value that nothing names any more is forgotten with its body and its verdict (P6). */
function keepBodies(draft: Draft, effects: Effect[]): void {
  const ids = namedValues(draft);
  if ([...draft.verdicts.keys(), ...draft.judging].some((id) => !ids.has(id))) {
    draft.verdicts = new Map([...draft.verdicts].filter(([id]) => ids.has(id)));
    draft.judging = new Set([...draft.judging].filter((id) => ids.has(id)));
  }
  const valueIds = [...ids];
  const kept = valueIds.join(' ');
  if (kept === draft.kept) return;
  draft.kept = kept;
  effects.push({ kind: 'keepBodies', valueIds });
}

/**
 * R-M4: the locked and the valid value, certified ones, those of proposals held, and what this
 * node itself proposed or prevoted: of a polka f + 1 correct nodes can serve the body (P6).
 */
function namedValues(draft: Draft): Set<Hash> {
  const ids = new Set<Hash>();
  if (draft.locked !== null) ids.add(draft.locked.valueId);
  if (draft.valid !== null) ids.add(draft.valid.valueId);
  for (const list of draft.proposals.values()) {
    for (const { proposal } of list) ids.add(proposal.valueId);
  }
  for (const certificate of polkas(draft.votes)) ids.add(certificate.valueId);
  for (const votes of draft.votes.rounds.values()) {
    for (const id of votes.commits.keys()) ids.add(id);
  }
  for (const { type, round, valueId } of draft.slots.values()) {
    const isRecent = round >= draft.round - limits.keptRounds;
    if (isRecent && type !== 'precommit' && valueId !== null) ids.add(valueId);
  }
  return ids;
}
