import { defined, type PrevoteCertificate, type Proposal, type Vote } from '@triflow/protocol';
import type { Effect } from './effect.js';
import type { Input, SignSlot } from './input.js';
import { isSameMessage, slotName } from './safetyRules.js';
import type { Draft } from './state.js';
import { addVote, polka } from './voteKeeper.js';

/** An own message is counted and sent only now that its signature is durable (P3, P5). */
export function onSigned(
  draft: Draft,
  effects: Effect[],
  input: Extract<Input, { kind: 'signed' }>,
): void {
  const { slot, signature, at } = input;
  if (slot.height !== draft.base.height || draft.selfIndex === null) return;
  const asked = draft.slots.get(slotName(slot.type, slot.round));
  if (asked === undefined || !isSameMessage(asked, slot)) return;
  if (slot.type === 'proposal') {
    ownProposal(draft, effects, slot, signature, at);
    return;
  }
  const { type, height, round, valueId } = slot;
  const vote: Vote = { type, height, round, valueId, index: draft.selfIndex, signature };
  draft.votes = addVote(draft.votes, vote, draft.round).keeper;
  effects.push({ kind: 'send', to: 'all', message: { kind: 'vote', vote } });
}

function ownProposal(
  draft: Draft,
  effects: Effect[],
  slot: SignSlot,
  signature: Uint8Array,
  at: number,
): void {
  const { height, round, validRound } = slot;
  const valueId = defined(slot.valueId, 'ownProposal: a proposal names a value');
  const base = { height, round, valueId, validRound, signature };
  const pol = validRound < 0 ? undefined : polOf(draft, slot);
  // Only a later round's own proposal can have taken its place: this one is of the past.
  if (validRound >= 0 && pol === undefined) return;
  const proposal: Proposal = pol === undefined ? base : { ...base, pol };
  const held = draft.proposals.get(round) ?? [];
  if (held.some((one) => one.proposal.valueId === valueId)) return;
  const entry = { proposal, arrivedAt: at };
  draft.proposals = new Map(draft.proposals).set(round, [...held, entry]);
  effects.push({ kind: 'send', to: 'all', message: { kind: 'proposal', proposal } });
}

/** R-C4: the polka of exactly the round and value that were asked to be signed. */
function polOf(draft: Draft, { validRound, valueId }: SignSlot): PrevoteCertificate | undefined {
  const { offered } = draft;
  if (offered?.round === validRound && offered.valueId === valueId) return offered;
  return valueId === null ? undefined : polka(draft.votes, validRound, valueId);
}
