import {
  type ConsensusState,
  decodeInput,
  type Effect,
  type Input,
  type Quarantine,
} from '@triflow/consensus';
import type { Hash, ValidatorId } from '@triflow/protocol';
import { logRecordTypes } from './logRecords.js';
import type { LogEntry } from './ports.js';

/** The value whose body must not be less durable than this input. */
export function namedBody(input: Input): Hash | undefined {
  if (input.kind === 'verdict') return input.verdict === 'valid' ? input.valueId : undefined;
  return input.kind === 'blockBuilt' || input.kind === 'synced' ? input.valueId : undefined;
}

/** P3: before the signer is called, before effects of a later round, before a decision. */
export function mustBeDurable(effect: Effect): boolean {
  if (effect.kind === 'sign' || effect.kind === 'decide') return true;
  return effect.kind === 'schedule' && effect.timer.round > 0;
}

/** The quarantine that a finished height's log carries on (P11). */
export function loggedQuarantine(records: readonly LogEntry[]): Quarantine | null {
  const [first] = records;
  if (first === undefined || first.type !== logRecordTypes.input) return null;
  const input = decodeInput(first.payload);
  return input.ok && input.value.kind === 'startHeight' ? input.value.quarantine : null;
}

/** Heads by validator id: indices may change with the set. */
export function headsById(state: ConsensusState): ReadonlyMap<ValidatorId, number> {
  const heads = new Map<ValidatorId, number>();
  for (const [index, head] of state.heads) {
    const entry = state.base.set[index];
    if (entry !== undefined) heads.set(entry.id, head);
  }
  return heads;
}
