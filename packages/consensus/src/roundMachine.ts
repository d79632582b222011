import {
  type CommitCertificate,
  defined,
  faultsMax,
  type Hash,
  limits,
  quorum,
  type RoundCertificate,
} from '@triflow/protocol';
import type { Effect } from './effect.js';
import type { SignSlot, SlotType } from './input.js';
import { proposerIndex } from './proposer.js';
import { isForgotten, isVouched } from './quarantine.js';
import { slotBytes, slotName } from './safetyRules.js';
import type { Draft, HeldProposal } from './state.js';
import { timeoutMs } from './timeouts.js';
import {
  commits,
  hasPrecommitsAny,
  hasPrevotesAny,
  isNilPolka,
  polka,
  polkas,
  pruneRounds,
  roundCertificate,
  skipRound,
  votersFor,
} from './voteKeeper.js';

/** A rule looks whether it is enabled, does its work and says whether it fired. */
type Rule = (draft: Draft, effects: Effect[], at: number) => boolean;

/** Priority of section 7: a lower rule still fires if it is still enabled. */
const RULES: readonly Rule[] = [
  ruleDecide,
  ruleSkip,
  ruleForgotten,
  ruleLetGo,
  rulePropose,
  ruleProposeOld,
  ruleLock,
  ruleValid,
  ruleNilPolka,
  rulePrevotesAny,
  rulePrecommitsAny,
];

/** Applies enabled rules until none is enabled. */
export function applyRules(draft: Draft, effects: Effect[], at: number): void {
  startFirstRound(draft, effects, at);
  while (draft.step !== 'decided' && draft.mode !== 'halted') {
    if (!RULES.some((rule) => rule(draft, effects, at))) return;
  }
}

/** begins a round; the entry certificate is what justifies it. */
export function startRound(
  draft: Draft,
  effects: Effect[],
  round: number,
  entry: RoundCertificate | null,
): void {
  const { base } = draft;
  draft.round = round;
  draft.step = 'propose';
  draft.flags = { r34: false, r36: false, r47: false };
  draft.entry = entry;
  draft.pacing = { ...draft.pacing, idleBuild: false };
  draft.votes = pruneRounds(draft.votes, round);
  draft.proposals = new Map(
    [...draft.proposals].filter(([held]) => held >= round - limits.pastProposalRounds),
  );
  const mine = draft.selfIndex === proposerIndex(base.height, round, base.set.length);
  if (mine && canSign(draft)) {
    if (draft.valid !== null) {
      draft.offered = draft.valid.certificate;
      sign(draft, effects, 'proposal', draft.valid.valueId, draft.valid.round);
      return;
    }
    requestBuild(draft, effects);
  }
  scheduleRound(draft, effects, 'propose');
}

/** Asks for a block for this round. */
export function requestBuild(draft: Draft, effects: Effect[]): void {
  const { height, parentTimeMs, params } = draft.base;
  const minTimeMs = parentTimeMs + params.blockIntervalMs;
  effects.push({ kind: 'buildBlock', height, round: draft.round, minTimeMs });
}

/** Whether rules may sign: only in `voting` with a seat in the set (R-MODE). */
export function canSign(draft: Draft): boolean {
  return draft.mode === 'voting' && draft.selfIndex !== null;
}

/** Asks for the signature of a message of the current round, once a slot. */
export function sign(
  draft: Draft,
  effects: Effect[],
  type: SlotType,
  valueId: Hash | null,
  validRound = -1,
): void {
  if (!canSign(draft)) return;
  const name = slotName(type, draft.round);
  if (draft.slots.has(name) || isForgotten(draft, type, draft.round)) return;
  const { height, chain } = draft.base;
  const slot: SignSlot = { type, height, round: draft.round, valueId, validRound };
  draft.slots = new Map(draft.slots).set(name, slot);
  effects.push({ kind: 'sign', slot, bytes: slotBytes(chain, slot) });
}

/** Asks for a value's judgement once (V1 to V8, by execution). */
export function judge(draft: Draft, effects: Effect[], valueId: Hash): void {
  if (draft.judging.has(valueId)) return;
  draft.judging = new Set(draft.judging).add(valueId);
  effects.push({ kind: 'judge', height: draft.base.height, valueId });
}

/**
 * R-ASK: asks the proposer and then the voters for a value, another one each time. Under the
 * operator's word (P11) they may all have lost it: in its turn everybody, observers too.
 */
export function ask(draft: Draft, effects: Effect[], round: number, valueId: Hash): void {
  const { height, set } = draft.base;
  const sources = [proposerIndex(height, round, set.length), ...votersFor(draft.votes, valueId)];
  const others = [...new Set(sources)].filter((index) => index !== draft.selfIndex);
  const times = draft.asked.get(valueId) ?? 0;
  const turns = [...others, ...(isVouched(draft) ? (['all'] as const) : [])];
  const from = turns[times % turns.length];
  if (from === undefined) return;
  draft.asked = new Map(draft.asked).set(valueId, times + 1);
  effects.push({ kind: 'askProposal', height, round, valueId, from });
}

/** R-49 and R-HALT: a certified value that is judged. */
export function decide(draft: Draft, effects: Effect[], certificate: CommitCertificate): void {
  const { height, round, valueId } = certificate;
  draft.step = 'decided';
  draft.decision = certificate;
  effects.push({ kind: 'cancelTimers', height });
  effects.push({ kind: 'decide', height, round, valueId, certificate });
}

/** R-HALT: this node diverged, or more than f are Byzantine. */
export function halt(draft: Draft, effects: Effect[], reason: string): void {
  draft.mode = 'halted';
  effects.push({ kind: 'halt', reason });
  effects.push({ kind: 'cancelTimers', height: draft.base.height });
}

/** R-T2: round 0 starts when the interval has passed and there is a reason for a block. */
function startFirstRound(draft: Draft, effects: Effect[], _at: number): void {
  if (draft.round !== -1 || draft.step === 'decided' || draft.mode === 'halted') return;
  const { newHeightElapsed, workSeen, heartbeatDue } = draft.pacing;
  const reason = workSeen || heartbeatDue || draft.proposals.has(0);
  if (newHeightElapsed && reason) startRound(draft, effects, 0, null);
}

/** commit(r, id) for any round, judged. Line 49. */
function ruleDecide(draft: Draft, effects: Effect[]): boolean {
  for (const certificate of commits(draft.votes)) {
    const verdict = draft.verdicts.get(certificate.valueId);
    if (verdict === undefined) {
      judge(draft, effects, certificate.valueId);
      continue;
    }
    if (verdict.verdict === 'valid') decide(draft, effects, certificate);
    else halt(draft, effects, `R-HALT: a quorum committed ${certificate.valueId}, invalid here`);
    return true;
  }
  return false;
}

/**
 * P11: nothing more is signed in a round in which an own message was forgotten. Others may wait
 * there for messages that nobody shows, and would for ever: more than f that go on pull them along.
 */
function ruleForgotten(draft: Draft, effects: Effect[]): boolean {
  const { forgotten, round } = draft;
  if (forgotten === null || round < 0 || round > forgotten.round) return false;
  if (!canSign(draft)) return false;
  startRound(draft, effects, forgotten.round + 1, null);
  return true;
}

/**
 * P11: a lock that only a forgotten precommit made is let go when its round lies further back than
 * votes are kept (R-M1) and nothing has come of it: f + 1 such locks on a value that nobody holds
 * any more would wait for ever.
 */
function ruleLetGo(draft: Draft): boolean {
  const { locked, valid, round, votes } = draft;
  if (locked === null || !isVouched(draft)) return false;
  if (round - locked.round <= limits.keptRounds) return false;
  // What this life locked, or could get, is a valid value.
  if (valid !== null && valid.round >= locked.round) return false;
  if (commits(votes).some(({ valueId }) => valueId === locked.valueId)) return false;
  draft.locked = null;
  return true;
}

/** f + 1 seats speak of a later round. Line 55. */
function ruleSkip(draft: Draft, effects: Effect[]): boolean {
  const round = skipRound(draft.votes, draft.round);
  if (round === undefined) return false;
  startRound(draft, effects, round, roundCertificate(draft.votes, round));
  return true;
}

/** a fresh proposal. Line 22. */
function rulePropose(draft: Draft, effects: Effect[]): boolean {
  if (draft.step !== 'propose') return false;
  const held = judgedProposals(draft).find((one) => one.proposal.validRound === -1);
  if (held === undefined) return false;
  const { valueId } = held.proposal;
  const verdict = defined(draft.verdicts.get(valueId), 'R-22: judged');
  const unlocked = draft.locked === null || draft.locked.valueId === valueId;
  const accepted = verdict.verdict === 'valid' && isFresh(draft, held) && unlocked;
  prevote(draft, effects, accepted ? valueId : null);
  return true;
}

/** a proposal with a polka of an earlier round. Line 28. */
function ruleProposeOld(draft: Draft, effects: Effect[]): boolean {
  if (draft.step !== 'propose') return false;
  // Its polka came with it, and was verified with it (R-C4).
  const held = judgedProposals(draft).find(({ proposal }) => proposal.pol !== undefined);
  if (held === undefined) return false;
  const { valueId, validRound } = held.proposal;
  const { locked } = draft;
  const free = locked === null || locked.round <= validRound || locked.valueId === valueId;
  const isValid = draft.verdicts.get(valueId)?.verdict === 'valid';
  prevote(draft, effects, isValid && free ? valueId : null);
  return true;
}

/** a polka for this round's proposal: lock and precommit. Line 36. */
function ruleLock(draft: Draft, effects: Effect[]): boolean {
  const { round, step } = draft;
  if (draft.flags.r36 || (step !== 'prevote' && step !== 'precommit')) return false;
  for (const { proposal } of judgedProposals(draft)) {
    const { valueId } = proposal;
    const certificate = polka(draft.votes, round, valueId);
    if (certificate === undefined) continue;
    if (draft.verdicts.get(valueId)?.verdict !== 'valid') continue;
    draft.flags = { ...draft.flags, r36: true };
    if (step === 'prevote') {
      draft.locked = { valueId, round };
      sign(draft, effects, 'precommit', valueId);
      draft.step = 'precommit';
    }
    draft.valid = { valueId, round, certificate };
    return true;
  }
  return false;
}

/** R-VALID: a polka of a past round is adopted as valid value. */
function ruleValid(draft: Draft, effects: Effect[]): boolean {
  const validRound = draft.valid?.round ?? -1;
  for (const certificate of polkas(draft.votes)) {
    const { round, valueId } = certificate;
    if (round <= validRound || round >= draft.round) continue;
    const verdict = draft.verdicts.get(valueId);
    if (verdict === undefined) judge(draft, effects, valueId);
    if (verdict?.verdict !== 'valid') continue;
    draft.valid = { valueId, round, certificate };
    return true;
  }
  return false;
}

/** a polka for nil. Line 44. */
function ruleNilPolka(draft: Draft, effects: Effect[]): boolean {
  if (draft.step !== 'prevote' || !isNilPolka(draft.votes, draft.round)) return false;
  precommitNil(draft, effects);
  return true;
}

/** q prevotes of any kind start the prevote timer. Line 34. */
function rulePrevotesAny(draft: Draft, effects: Effect[]): boolean {
  if (draft.flags.r34 || draft.step !== 'prevote') return false;
  if (!hasPrevotesAny(draft.votes, draft.round)) return false;
  draft.flags = { ...draft.flags, r34: true };
  scheduleRound(draft, effects, 'prevote');
  return true;
}

/** q precommits of any kind start the precommit timer. Line 47. */
function rulePrecommitsAny(draft: Draft, effects: Effect[]): boolean {
  if (draft.flags.r47 || draft.round < 0) return false;
  if (!hasPrecommitsAny(draft.votes, draft.round)) return false;
  draft.flags = { ...draft.flags, r47: true };
  scheduleRound(draft, effects, 'precommit');
  return true;
}

/** Prevotes and moves on; the step is left even where nothing may be signed. */
export function prevote(draft: Draft, effects: Effect[], valueId: Hash | null): void {
  sign(draft, effects, 'prevote', valueId);
  draft.step = 'prevote';
}

/** Precommits nil and moves on. */
export function precommitNil(draft: Draft, effects: Effect[]): void {
  sign(draft, effects, 'precommit', null);
  draft.step = 'precommit';
}

/** Accepted proposals of the current round whose value is judged. */
function judgedProposals(draft: Draft): readonly HeldProposal[] {
  const held = draft.proposals.get(draft.round) ?? [];
  return held.filter(({ proposal }) => draft.verdicts.has(proposal.valueId));
}

/** R-V10: built by this round's proposer, and timed near the moment it arrived. */
function isFresh(draft: Draft, held: HeldProposal): boolean {
  const { height, set, params } = draft.base;
  const { valueId, round } = held.proposal;
  const verdict = defined(draft.verdicts.get(valueId), 'fresh: judged');
  const proposer = defined(set[proposerIndex(height, round, set.length)], 'fresh: proposer');
  const earliest = held.arrivedAt - (params.proposalDelayMs + 1_000 * round);
  const latest = held.arrivedAt + params.clockSkewMs;
  const inTime = verdict.timeMs >= earliest && verdict.timeMs <= latest;
  return verdict.builder === proposer.id && inTime;
}

function scheduleRound(
  draft: Draft,
  effects: Effect[],
  name: 'propose' | 'prevote' | 'precommit',
): void {
  const { height, params } = draft.base;
  const delayMs = timeoutMs(name, draft.round, params);
  effects.push({ kind: 'schedule', timer: { name, height, round: draft.round }, delayMs });
}

/** Thresholds of the set at hand. */
export function thresholds(draft: Draft): { readonly q: number; readonly skip: number } {
  const n = draft.base.set.length;
  return { q: quorum(n), skip: faultsMax(n) + 1 };
}
