import { assertNever, type Echo, type WireMessage } from '@triflow/protocol';
import type { Effect } from './effect.js';
import type { Timer } from './input.js';
import { proposerIndex } from './proposer.js';
import { ask, precommitNil, prevote, startRound } from './roundMachine.js';
import type { ConsensusState, Draft } from './state.js';
import { commits, newestVoteBy, polkas, roundCertificate, voteBy } from './voteKeeper.js';

/** A timer ran out. One that does not match its guard does nothing (R-T1). */
export function onTimer(draft: Draft, effects: Effect[], timer: Timer, _at: number): void {
  if (timer.height !== draft.base.height) return;
  const current = timer.round === draft.round;
  switch (timer.name) {
    case 'newHeight':
      draft.pacing = { ...draft.pacing, newHeightElapsed: true };
      return;
    case 'heartbeat':
      draft.pacing = { ...draft.pacing, heartbeatDue: true };
      return;
    case 'propose': // R-57, line 57
      if (current && draft.step === 'propose') prevote(draft, effects, null);
      return;
    case 'prevote': // R-61, line 61
      if (current && draft.step === 'prevote') precommitNil(draft, effects);
      return;
    case 'precommit': // R-65, line 65
      if (current && draft.step !== 'decided') nextRound(draft, effects);
      return;
    case 'rebroadcast':
      rebroadcast(draft, effects);
      return;
    default:
      assertNever(timer.name, 'onTimer');
  }
}

function nextRound(draft: Draft, effects: Effect[]): void {
  const entry = roundCertificate(draft.votes, draft.round, 'precommit');
  startRound(draft, effects, draft.round + 1, entry);
}

/** R-T4: repeats what others may have missed, while nothing advances. */
function rebroadcast(draft: Draft, effects: Effect[]): void {
  const { height, local } = draft.base;
  const timer = { name: 'rebroadcast', height, round: -1 } as const;
  effects.push({ kind: 'schedule', timer, delayMs: local.rebroadcastMs });
  if (draft.listening > 0) draft.listening -= 1;
  const mark = `${draft.round}/${draft.step}/${draft.votes.rounds.size}`;
  const moved = mark !== draft.mark;
  draft.mark = mark;
  if (moved) return;
  for (const message of heldMessages(draft)) effects.push({ kind: 'send', to: 'all', message });
  sendStatus(draft, effects);
  for (const { round, valueId } of missingValues(draft)) ask(draft, effects, round, valueId);
}

/** Everything that R-T4 repeats, but the Status. Also sent at once to a peer that reconnects. */
export function heldMessages(draft: ConsensusState): WireMessage[] {
  const { height, set } = draft.base;
  const { round, votes, selfIndex } = draft;
  const messages: WireMessage[] = [];
  if (round >= 0 && selfIndex === proposerIndex(height, round, set.length)) {
    for (const { proposal } of draft.proposals.get(round) ?? []) {
      messages.push({ kind: 'proposal', proposal });
    }
  }
  if (selfIndex !== null && round >= 0) {
    for (const type of ['prevote', 'precommit'] as const) {
      const vote = voteBy(votes, round, type, selfIndex);
      if (vote !== undefined) messages.push({ kind: 'vote', vote });
    }
  }
  const current = polkas(votes).find((one) => one.round === round);
  const certificates = [
    current,
    draft.valid?.certificate,
    ...commits(votes),
    draft.flags.r47 ? roundCertificate(votes, round, 'precommit') : null,
    draft.entry,
  ];
  const sent = new Set<unknown>();
  for (const certificate of certificates) {
    if (certificate === undefined || certificate === null || sent.has(certificate)) continue;
    sent.add(certificate);
    messages.push({ kind: 'certificate', certificate });
  }
  return messages;
}

/** Status to each validator, with the newest vote by it that is held (P11). */
export function sendStatus(draft: ConsensusState, effects: Effect[]): void {
  for (let index = 0; index < draft.base.set.length; index += 1) {
    if (index !== draft.selfIndex) {
      effects.push({ kind: 'send', to: index, message: statusFor(draft, index) });
    }
  }
}

/** The Status message for one validator, or for somebody outside the set. */
export function statusFor(draft: ConsensusState, index: number | null): WireMessage {
  const { height, parentId } = draft.base;
  const echo = index === null ? undefined : newestMessageBy(draft, index);
  const base = { kind: 'status', head: height - 1, headId: parentId, height } as const;
  const status = { ...base, round: draft.round };
  return echo === undefined ? status : { ...status, echo };
}

/** P11: a vote, or a proposal of a later round than any vote, without its POL. */
function newestMessageBy(draft: ConsensusState, index: number): Echo | undefined {
  const { height, set } = draft.base;
  const vote = newestVoteBy(draft.votes, index);
  let newest: Echo | undefined = vote;
  for (const [round, [held]] of draft.proposals) {
    if (held === undefined || index !== proposerIndex(height, round, set.length)) continue;
    if (newest !== undefined && newest.round >= round) continue;
    const { valueId, validRound, signature } = held.proposal;
    newest = { height, round, valueId, validRound, signature };
  }
  return newest;
}

/** R-ASK: values that a certificate or a proposal of this round names, without a verdict. */
function missingValues(draft: Draft): { round: number; valueId: Draft['base']['parentId'] }[] {
  const wanted = [...commits(draft.votes), ...polkas(draft.votes)].filter(
    (one) => one.kind === 'commit' || one.round === draft.round || one.round > validRound(draft),
  );
  const proposed = (draft.proposals.get(draft.round) ?? []).map(({ proposal }) => proposal);
  const seen = new Set<string>();
  return [...wanted, ...proposed].filter(({ valueId }) => {
    if (draft.verdicts.has(valueId) || seen.has(valueId)) return false;
    seen.add(valueId);
    return true;
  });
}

function validRound(draft: Draft): number {
  return draft.valid?.round ?? -1;
}
