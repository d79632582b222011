import type { Certificate } from '@triflow/protocol';
import type { Effect } from './effect.js';
import { noteConflicts } from './onVote.js';
import { quarantineIfForgotten } from './quarantine.js';
import { ask } from './roundMachine.js';
import type { Draft } from './state.js';
import { addCertificate, votesOf } from './voteKeeper.js';

/** R-C3: a verified certificate has exactly the effect of receiving its votes, at once. */
export function onCertificate(draft: Draft, effects: Effect[], certificate: Certificate): void {
  if (certificate.height !== draft.base.height) return;
  for (const vote of votesOf(certificate)) {
    if (vote.index !== draft.selfIndex) continue;
    if (quarantineIfForgotten(draft, effects, { ...vote, validRound: -1 })) break;
  }
  const update = addCertificate(draft.votes, certificate, draft.round);
  draft.votes = update.keeper;
  noteConflicts(draft, effects, update.conflicts);
  if (certificate.kind !== 'commit' || !update.changed) return;
  if (!draft.judging.has(certificate.valueId)) {
    ask(draft, effects, certificate.round, certificate.valueId);
  }
}
