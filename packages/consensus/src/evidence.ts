import {
  compareBytes,
  defined,
  type Evidence,
  type EvidenceMessage,
  type Proposal,
  type Vote,
} from '@triflow/protocol';
import type { StartHeight } from './input.js';
import { proposerIndex } from './proposer.js';
import { slotBytes } from './safetyRules.js';

/** R-E1: two votes of one seat in one slot, ordered by their signed bytes. */
export function voteEvidence(base: StartHeight, one: Vote, other: Vote): Evidence {
  const { index, height, round, type } = one;
  const validator = defined(base.set[index], 'voteEvidence: seat').id;
  const message = (vote: Vote): EvidenceMessage => {
    return { valueId: vote.valueId, validRound: -1, signature: vote.signature };
  };
  return ordered(base, { validator, height, round, kind: type }, message(one), message(other));
}

/** R-E1: two proposals of one round. */
export function proposalEvidence(base: StartHeight, one: Proposal, other: Proposal): Evidence {
  const { height, round } = one;
  const seat = base.set[proposerIndex(height, round, base.set.length)];
  const validator = defined(seat, 'proposalEvidence: seat').id;
  const slot = { validator, height, round, kind: 'proposal' } as const;
  return ordered(base, slot, one, other);
}

function ordered(
  base: StartHeight,
  slot: Omit<Evidence, 'first' | 'second'>,
  one: EvidenceMessage,
  other: EvidenceMessage,
): Evidence {
  const bytes = ({ valueId, validRound }: EvidenceMessage): Uint8Array => {
    return slotBytes(base.chain, { type: slot.kind, ...slot, valueId, validRound });
  };
  const strip = ({ valueId, validRound, signature }: EvidenceMessage): EvidenceMessage => {
    return { valueId, validRound, signature };
  };
  const inOrder = compareBytes(bytes(one), bytes(other)) < 0;
  const [first, second] = inOrder ? [one, other] : [other, one];
  return { ...slot, first: strip(first), second: strip(second) };
}
