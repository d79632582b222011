import { type ChainBinding, proposalSignBytes, voteSignBytes } from '@triflow/protocol';
import type { SignSlot, SlotType } from './input.js';

export interface UsedSlot {
  readonly slot: SignSlot;
  /** Missing when the process stopped between slot and signature. */
  readonly signature?: Uint8Array;
}

export type Permission =
  | { readonly kind: 'sign' }
  | { readonly kind: 'stored'; readonly signature: Uint8Array }
  | { readonly kind: 'refuse'; readonly reason: string };

/** `type/round`: the name of a slot inside a height. */
export function slotName(type: SlotType, round: number): string {
  return `${type}/${round}`;
}

/** The bytes of a slot's message. */
export function slotBytes(chain: ChainBinding, slot: SignSlot): Uint8Array {
  const { type, height, round, valueId, validRound } = slot;
  if (type !== 'proposal') return voteSignBytes(chain, { type, height, round, valueId });
  if (valueId === null) return new Uint8Array(0);
  return proposalSignBytes(chain, { height, round, valueId, validRound });
}

/**
 * P5, the one answer to "may I sign?": a used slot with equal bytes gives its stored signature,
 * or is signed again if only the slot survived; different bytes, a slot older than the newest one
 * of its type, or a height other than the log's are refused, and the node halts.
 */
export function maySign(
  logHeight: number,
  used: readonly UsedSlot[],
  wanted: SignSlot,
): Permission {
  if (wanted.height !== logHeight) {
    return { kind: 'refuse', reason: `P5: height ${wanted.height}, the log is of ${logHeight}` };
  }
  if (wanted.type === 'proposal' && wanted.valueId === null) {
    return { kind: 'refuse', reason: 'P5: a proposal names a value' };
  }
  for (const { slot, signature } of used) {
    if (slot.type !== wanted.type) continue;
    if (slot.round > wanted.round) {
      return { kind: 'refuse', reason: `P5: ${slot.type} of round ${slot.round} was signed` };
    }
    if (slot.round !== wanted.round) continue;
    if (!isSameMessage(slot, wanted)) {
      return { kind: 'refuse', reason: `P5: another ${slot.type} of round ${slot.round}` };
    }
    return signature === undefined ? { kind: 'sign' } : { kind: 'stored', signature };
  }
  return { kind: 'sign' };
}

/** Whether two slots stand for the same signed bytes. */
export function isSameMessage(a: SignSlot, b: SignSlot): boolean {
  return (
    a.type === b.type &&
    a.height === b.height &&
    a.round === b.round &&
    a.valueId === b.valueId &&
    a.validRound === b.validRound
  );
}
