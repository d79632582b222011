import type { Effect } from './effect.js';
import type { Input } from './input.js';
import { proposerIndex } from './proposer.js';
import { canSign, requestBuild, sign } from './roundMachine.js';
import type { Draft } from './state.js';

/** R-T2: there is something to propose. A proposer that had nothing builds now. */
export function onWork(
  draft: Draft,
  effects: Effect[],
  input: Extract<Input, { kind: 'work' }>,
): void {
  const { height, set } = draft.base;
  if (input.height !== height) return;
  draft.pacing = { ...draft.pacing, workSeen: true };
  const mine = draft.selfIndex === proposerIndex(height, draft.round, set.length);
  if (!draft.pacing.idleBuild || draft.step !== 'propose' || !mine || !canSign(draft)) return;
  draft.pacing = { ...draft.pacing, idleBuild: false };
  requestBuild(draft, effects);
}

/** an own block counts as judged valid and is proposed if its round still stands. */
export function onBlockBuilt(
  draft: Draft,
  effects: Effect[],
  input: Extract<Input, { kind: 'blockBuilt' }>,
): void {
  const { height, set } = draft.base;
  if (input.height !== height || input.round !== draft.round) return;
  if (draft.step !== 'propose' || !canSign(draft)) return;
  const index = proposerIndex(height, draft.round, set.length);
  const self = set[index];
  if (index !== draft.selfIndex || self === undefined) return;
  const { valueId, timeMs } = input;
  if (!draft.verdicts.has(valueId)) {
    const verdict = { verdict: 'valid', timeMs, builder: self.id } as const;
    draft.verdicts = new Map(draft.verdicts).set(valueId, verdict);
    draft.judging = new Set(draft.judging).add(valueId);
  }
  sign(draft, effects, 'proposal', valueId);
}

/** R-T3: with nothing to propose the proposer stays silent; its timer runs. */
export function onNothingToBuild(
  draft: Draft,
  input: Extract<Input, { kind: 'nothingToBuild' }>,
): void {
  if (input.height !== draft.base.height || input.round !== draft.round) return;
  draft.pacing = { ...draft.pacing, idleBuild: true };
}
