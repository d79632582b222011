import {
  type ConsensusState,
  type Effect,
  type Input,
  type Quarantine,
  type StartHeight,
  statusFor,
} from '@triflow/consensus';
import {
  CodedError,
  type Hash,
  type Logger,
  type Signer,
  type ValidatorId,
  type ValidatorSet,
} from '@triflow/protocol';
import type { DriverOptions } from './driverOptions.js';
import { signerOf } from './keys.js';
import { decodeEnd, type EndRecord, logRecordTypes } from './logRecords.js';
import type { ChainHead } from './openChain.js';
import type { LogEntry } from './ports.js';

/** What a height takes over from the one before it. */
export interface CarriedOn {
  readonly mode: StartHeight['mode'];
  readonly confirmed: boolean;
  readonly catchingUp: boolean;
  readonly quarantine: Quarantine | null;
  readonly heads?: ReadonlyMap<ValidatorId, number>;
}

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

/** The END of a log whose height is the newest block's: nothing else may be taken up there (P7). */
export function endOf(records: readonly LogEntry[], head: ChainHead): EndRecord | null {
  const last = records.at(-1);
  if (last?.type !== logRecordTypes.end) return null;
  const end = decodeEnd(last.payload);
  return end.ok && end.value.height === head.height && end.value.valueId === head.valueId
    ? end.value
    : null;
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

/** Status to everybody, on every new height (R-T4). */
export function announce(
  { chain, peers, self }: Pick<DriverOptions, 'chain' | 'peers' | 'self'>,
  state: ConsensusState,
): void {
  for (const [index, entry] of chain.validatorSet(state.base.height).entries()) {
    if (entry.id !== self) peers.send(entry, statusFor(state, index));
  }
}

/** Heads for the indices of another set. */
export function headsIn(
  set: ValidatorSet,
  byId: ReadonlyMap<ValidatorId, number> = new Map(),
): [number, number][] {
  return set.flatMap(({ id }, index): [number, number][] => {
    const head = byId.get(id);
    return head === undefined ? [] : [[index, head]];
  });
}

/**
 * A candidate's body that was durable is gone (P6): nothing more is signed at this height. Throws
 * STORE_CORRUPT when nobody else could have it.
 */
export function quarantineWithout(
  body: { readonly height: number; readonly isAlone: boolean },
  held: Quarantine | null,
): Quarantine {
  const { height, isAlone } = body;
  if (isAlone) {
    const next = 'triflow backup restore';
    const message = `the candidate block of height ${height} is damaged and nobody else has it`;
    throw new CodedError('STORE_CORRUPT', `${message}: ${next}`, { details: { next } });
  }
  if (held?.until === null) return held;
  return { until: Math.max(held?.until ?? 0, height), vouched: null };
}

/** P11: the operator's word, for a node that starts quarantined; for another it means nothing. */
export function vouchedFor(
  quarantine: Quarantine | null,
  vouched: Quarantine['vouched'],
): Quarantine | null {
  return quarantine === null || vouched === null ? quarantine : { ...quarantine, vouched };
}

/** P7: log and database are of different times. */
export function logApart(log: number, head: number): CodedError {
  const next =
    'restore both together, or triflow doctor --fix: the node then fetches the chain and signs' +
    ' only when that is safe';
  const message = `the consensus log of height ${log} does not go on from block ${head} (P7)`;
  return new CodedError('STORE_CORRUPT', `${message}: ${next}`, { details: { next } });
}

/** The key of a node's seat in a set: none when the seat has a key that is not here. */
export function seatSigner(
  { self, signers }: { readonly self: ValidatorId | null; readonly signers: readonly Signer[] },
  set: ValidatorSet,
): Signer | undefined {
  const seat = set.find((entry) => entry.id === self);
  return seat === undefined ? undefined : signerOf(signers, seat.publicKey);
}

/** Says what an operator should know of a step: a further round, another mode. */
export function sayChange(
  logger: Logger,
  before: ConsensusState | null,
  next: ConsensusState,
): void {
  const { height } = next.base;
  if (before?.base.height === height && next.round > before.round && next.round > 0) {
    logger.warn('consensus.round', { height, round: next.round });
  }
  if (before !== null && before.mode !== next.mode) {
    logger.info('consensus.mode', { height, mode: next.mode });
  }
}
