import type { Effect } from './effect.js';
import type { Input } from './input.js';
import { decide, halt } from './roundMachine.js';
import type { Draft } from './state.js';
import { addCertificate } from './voteKeeper.js';

/** R-SYNCED: a block judged valid with its certificate decides the height, as in R-49. */
export function onSynced(
  draft: Draft,
  effects: Effect[],
  input: Extract<Input, { kind: 'synced' }>,
): void {
  if (input.height !== draft.base.height) return;
  if (draft.verdicts.get(input.valueId)?.verdict === 'invalid') {
    halt(draft, effects, `R-V9: two verdicts on ${input.valueId}`);
    return;
  }
  draft.votes = addCertificate(draft.votes, input.certificate, draft.round).keeper;
  decide(draft, effects, input.certificate);
}
