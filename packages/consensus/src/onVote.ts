import type { Vote } from '@triflow/protocol';
import type { Effect } from './effect.js';
import { voteEvidence } from './evidence.js';
import { quarantineIfForgotten } from './quarantine.js';
import type { Draft } from './state.js';
import { addVote, type VoteConflict } from './voteKeeper.js';

/** Takes a verified vote of this height. Duplicates change nothing; a conflict is evidence. */
export function onVote(draft: Draft, effects: Effect[], vote: Vote): void {
  const { height, set } = draft.base;
  if (vote.height !== height || vote.index >= set.length) return;
  if (vote.index === draft.selfIndex) {
    const slot = { ...vote, validRound: -1 };
    if (quarantineIfForgotten(draft, effects, slot)) return;
  }
  const update = addVote(draft.votes, vote, draft.round);
  draft.votes = update.keeper;
  // An own vote of an earlier life (P11): others may need it, and only its holder has it.
  if (vote.index === draft.selfIndex && update.changed) {
    effects.push({ kind: 'send', to: 'all', message: { kind: 'vote', vote } });
  }
  noteConflicts(draft, effects, update.conflicts);
}

/** R-E1: each conflict becomes evidence once. */
export function noteConflicts(
  draft: Draft,
  effects: Effect[],
  conflicts: readonly VoteConflict[],
): void {
  for (const { first, second } of conflicts) {
    effects.push({ kind: 'evidence', evidence: voteEvidence(draft.base, first, second) });
  }
}
