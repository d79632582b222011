import { quorum, type ValidatorId } from '@triflow/protocol';
import type { Effect } from './effect.js';
import type { Quarantine, SignSlot, SlotType, StartHeight } from './input.js';
import { isSameMessage, slotName } from './safetyRules.js';
import type { Draft } from './state.js';

type Place = Pick<SignSlot, 'type' | 'round'>;

const QUARANTINE_MARGIN = 2;
/** One may have begun before this node was there, and the second tells all that is held. */
const LISTENING_REBROADCASTS = 2;
/** The order in which one round's messages are signed. */
const ORDER: readonly SlotType[] = ['proposal', 'prevote', 'precommit'];

/**
 * P11: a verified own message without a slot in the log proves a lost, restored or cloned sign
 * state. Signs nothing from then on, until the bound is passed. Says whether the message is to be
 * left alone; under the operator's word it is taken up instead.
 */
export function quarantineIfForgotten(
  draft: Draft,
  effects: Effect[],
  slot: SignSlot,
  from: 'validator' | 'observer' = 'validator',
): boolean {
  const own = draft.slots.get(slotName(slot.type, slot.round));
  if (own !== undefined && isSameMessage(own, slot)) return false;
  if (own === undefined && isVouched(draft)) {
    takeUp(draft, slot, from);
    return false;
  }
  if (draft.mode !== 'quarantined') {
    draft.mode = 'quarantined';
    draft.quarantine = { until: null, vouched: null };
    effects.push({
      kind: 'report',
      index: draft.selfIndex ?? 0,
      fault: `P11: an own ${slot.type} of round ${slot.round} is not in the log`,
    });
  }
  return true;
}

/** P11: the operator's word: `lost` validators will never answer, all others can be asked. */
export function vouch(draft: Draft, lost: readonly ValidatorId[]): void {
  draft.quarantine = { until: draft.quarantine?.until ?? null, vouched: lost };
  draft.mode = 'following';
  draft.listening = listeningAt(draft.quarantine, false);
}

/**
 * P11: observers are not waited for, as nobody says whether one is up; but those that are shall be
 * heard, or a node would sign what it could have been shown.
 */
export function listeningAt(quarantine: Quarantine | null, confirmed: boolean): number {
  const isWord = quarantine !== null && quarantine.vouched !== null && !confirmed;
  return isWord ? LISTENING_REBROADCASTS : 0;
}

/** P11: whether this height begins under the operator's word. */
export function isVouched({ quarantine }: Draft): boolean {
  return quarantine !== null && quarantine.vouched !== null;
}

/** P11: whether others have an own message that is as new, which the log has not. */
export function isForgotten(draft: Draft, type: SlotType, round: number): boolean {
  const { forgotten } = draft;
  if (forgotten === null) return false;
  return !isNewer({ type, round }, forgotten);
}

/**
 * P11: M is the highest head among those of q others; nothing is signed up to M + 2. Under the
 * operator's word the others are all that are not lost.
 */
export function boundQuarantine(draft: Draft): void {
  if (draft.quarantine === null || draft.quarantine.until !== null) return;
  const q = quorum(draft.base.set.length);
  if (isVouched(draft) ? !hasHeardAll(draft) : draft.heads.size < q) return;
  const heads = [draft.base.height - 1, ...draft.heads.values()];
  draft.quarantine = { ...draft.quarantine, until: Math.max(...heads) + QUARANTINE_MARGIN };
}

/** P11: under the operator's word everybody who is not lost has said what it holds. */
export function hasHeardAll(draft: Draft): boolean {
  const lost = draft.quarantine?.vouched ?? null;
  if (lost === null || draft.confirmed) return true;
  return draft.base.set.every(({ id }, index) => {
    return index === draft.selfIndex || lost.includes(id) || draft.statusFrom.has(index);
  });
}

/** What of a quarantine a height begins with: nothing when the height is above its bound. */
export function quarantineAt({ height, quarantine }: StartHeight): Quarantine | null {
  if (quarantine === null || quarantine.until === null) return quarantine;
  return height > quarantine.until ? null : quarantine;
}

/**
 * An own message from before counts like one of this life; what it locked stays locked. An observer
 * that had seen a decision would have the block: what it only saw signed locks nothing, or nothing
 * might ever be decided for want of a value that no validator holds.
 */
function takeUp(draft: Draft, slot: SignSlot, from: 'validator' | 'observer'): void {
  const { type, round, valueId } = slot;
  if (draft.forgotten === null || isNewer(slot, draft.forgotten)) draft.forgotten = { type, round };
  if (type !== 'precommit' || valueId === null || from === 'observer') return;
  if (draft.locked === null || draft.locked.round < round) draft.locked = { valueId, round };
}

function isNewer(one: Place, other: Place): boolean {
  if (one.round !== other.round) return one.round > other.round;
  return ORDER.indexOf(one.type) > ORDER.indexOf(other.type);
}
