import type { Effect } from './effect.js';
import type { Input } from './input.js';
import { halt } from './roundMachine.js';
import type { Draft } from './state.js';

/** R-V9: a verdict is written once; a second, different one halts the node. */
export function onVerdict(
  draft: Draft,
  effects: Effect[],
  input: Extract<Input, { kind: 'verdict' }>,
): void {
  const { height, valueId, verdict, timeMs, builder } = input;
  if (height !== draft.base.height) return;
  const held = draft.verdicts.get(valueId);
  if (held === undefined) {
    draft.verdicts = new Map(draft.verdicts).set(valueId, { verdict, timeMs, builder });
    draft.judging = new Set(draft.judging).add(valueId);
    return;
  }
  if (held.verdict !== verdict) halt(draft, effects, `R-V9: two verdicts on ${valueId}`);
}
