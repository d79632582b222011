import type { Effect } from './effect.js';
import type { Input } from './input.js';
import { onVote } from './onVote.js';
import { proposerIndex } from './proposer.js';
import {
  boundQuarantine,
  hasHeardAll,
  isVouched,
  quarantineIfForgotten,
  vouch,
} from './quarantine.js';
import { requestBuild, sign, thresholds } from './roundMachine.js';
import type { Draft } from './state.js';
import { commits } from './voteKeeper.js';

/** A node says where it stands, and which message of ours it holds newest (P11). */
export function onPeerStatus(
  draft: Draft,
  effects: Effect[],
  input: Extract<Input, { kind: 'peerStatus' }>,
): void {
  const { index, head, echo } = input;
  if (index === draft.selfIndex) return;
  if (index !== null) {
    if (index >= draft.base.set.length) return;
    draft.heads = new Map(draft.heads).set(index, head);
    draft.statusFrom = new Set(draft.statusFrom).add(index);
  }
  if (echo === null || echo.height !== draft.base.height) return;
  if (index === null) {
    const slot = { validRound: -1, ...echo };
    const own = 'type' in slot ? slot : ({ type: 'proposal', ...slot } as const);
    quarantineIfForgotten(draft, effects, own, 'observer');
  } else if (!('type' in echo)) {
    quarantineIfForgotten(draft, effects, { type: 'proposal', ...echo });
  } else if (echo.index === draft.selfIndex) {
    onVote(draft, effects, echo);
  }
}

/** R-Y1: after a start nothing is signed until q - 1 others have been heard again. */
export function onRestarted(
  draft: Draft,
  { vouched }: Extract<Input, { kind: 'restarted' }>,
): void {
  if (draft.mode === 'voting') draft.mode = 'following';
  draft.confirmed = false;
  draft.statusFrom = new Set();
  draft.heads = new Map();
  draft.behindSince = null;
  if (vouched !== null && draft.mode === 'quarantined') vouch(draft, vouched);
}

/** Re-judges the mode after an input; says whether it became `voting`. */
export function settleMode(draft: Draft, effects: Effect[], at: number): boolean {
  boundQuarantine(draft);
  if (isBehind(draft)) {
    draft.behindSince ??= at;
    if (at - draft.behindSince < draft.base.local.syncGraceMs) return false;
    if (draft.mode === 'voting') draft.mode = 'following';
    draft.catchingUp = true;
    effects.push({ kind: 'sync', fromHeight: draft.base.height });
    return false;
  }
  draft.behindSince = null;
  // R-Y1: whoever was behind votes again from the first height at whose start it is not.
  if (draft.round === -1) draft.catchingUp = false;
  confirm(draft);
  if (draft.mode !== 'following' || draft.selfIndex === null) return false;
  if (!draft.confirmed || draft.catchingUp) return false;
  draft.mode = 'voting';
  passedSteps(draft, effects);
  return true;
}

/**
 * R-Y1: a commit certificate of this height is held, or f + 1 validators report it done. P11: one
 * is enough before a node under the operator's word signs: the others may all have forgotten.
 */
function isBehind(draft: Draft): boolean {
  if (commits(draft.votes).length > 0) return true;
  let ahead = 0;
  for (const head of draft.heads.values()) if (head >= draft.base.height) ahead += 1;
  return ahead >= (isVouched(draft) && !draft.confirmed ? 1 : thresholds(draft).skip);
}

/** R-Y1: after process start, status from q - 1 others makes this node one of q. P11: or of all. */
function confirm(draft: Draft): void {
  if (draft.confirmed || draft.listening > 0 || !hasHeardAll(draft)) return;
  if (draft.statusFrom.size >= thresholds(draft).q - 1) draft.confirmed = true;
}

/** R-MODE: signs nil for the steps passed unsigned; a proposer still in its step builds. */
function passedSteps(draft: Draft, effects: Effect[]): void {
  const { height, set } = draft.base;
  const mine = draft.selfIndex === proposerIndex(height, Math.max(draft.round, 0), set.length);
  if (draft.step === 'propose' && mine && draft.valid === null) requestBuild(draft, effects);
  if (draft.step !== 'prevote' && draft.step !== 'precommit') return;
  sign(draft, effects, 'prevote', null);
  if (draft.step === 'precommit') sign(draft, effects, 'precommit', null);
}
