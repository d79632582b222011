import {
  defined,
  faultsMax,
  hexFromBytes,
  limits,
  OK,
  observersTable,
  parametersAt,
  parametersTable,
  type ReadContext,
  type Status,
  sortValidators,
  type ValidatorEntry,
  type ValidatorSet,
  type ValidatorSets,
  validatorSetsTable,
  validatorSetTable,
  type WriteContext,
} from '@triflow/protocol';
import { isActive, publicKeyProblem } from '../party-registry/internal.js';
import { consensusKeys } from './keys.js';
import type { Change, Proposal } from './schema.js';
import { status } from './statusCodes.js';

/** A removal leaves as many: fewer tolerate no fault (R-S3, G1). */
const VALIDATORS_AFTER_REMOVAL_MIN = 4;

type SeatChange = Extract<
  Change,
  { kind: 'add_validator' | 'remove_validator' | 'rekey_validator' }
>;
type ObserverChange = Extract<Change, { kind: 'add_observer' | 'remove_observer' }>;

/** The set that a change made in this block would be laid upon: set(h+2) as it stands. */
export function standingSet(context: ReadContext): ValidatorSet {
  return defined(setsRecord(context).sets.at(-1), 'governance: no validator set').validators;
}

/** Why a seat cannot change so, alone or with this block's other changes (R-S3, G1). */
export function seatChangeProblem(context: ReadContext, change: SeatChange): Status {
  const standing = standingSet(context);
  const seat = standing.find((one) => one.id === change.body.validator);
  if (change.kind === 'add_validator') {
    if (seat !== undefined) return status('id_already_exists');
    if (!isActive(context, change.body.party)) return status('reference_not_found');
    const peer = peerProblem(context, change.body.peerId, change.body.party);
    if (peer !== OK) return peer;
  } else if (seat === undefined) return status('reference_not_found');
  if (change.kind !== 'remove_validator') {
    const key = consensusKeyProblem(context, change.body.publicKey);
    if (key !== OK) return key;
  }
  const next = changedSet(standing, change);
  if (next.length > limits.validatorsMax) return status('bound_exceeded');
  if (change.kind === 'remove_validator' && next.length < VALIDATORS_AFTER_REMOVAL_MIN) {
    return status('validator_change_too_large');
  }
  const base = setInForceNext(context);
  const most = Math.max(1, faultsMax(base.length));
  return changedSeats(base, next) > most ? status('validator_change_too_large') : OK;
}

/** Whether the seat is still the one that was voted upon: a new holder has another key. */
export function isSeatOf(context: ReadContext, proposal: Proposal): boolean {
  const { change, seatKey } = proposal;
  if (seatKey === undefined || change.kind === 'add_validator') return seatKey === undefined;
  const id = 'validator' in change.body ? change.body.validator : undefined;
  const seat = standingSet(context).find((one) => one.id === id);
  return seat !== undefined && hexFromBytes(seat.publicKey) === hexFromBytes(seatKey);
}

/** Writes set(h+2); gives the height from which it counts (R-S1). */
export function changeSeats(context: WriteContext, change: SeatChange): number {
  const record = setsRecord(context);
  const from = context.height + 2;
  const validators = [...changedSet(standingSet(context), change)];
  const kept = record.sets.filter((one) => one.fromHeight !== from);
  const all = [...kept, { fromHeight: from, validators }];
  const current = all.findLastIndex((one) => one.fromHeight <= context.height);
  const retired = all.slice(0, current);
  for (const one of retired) context.put(validatorSetTable, [String(one.fromHeight)], one);
  const earlier = [...record.earlier, ...retired.map((one) => one.fromHeight)];
  const sets = all.slice(current);
  context.put(validatorSetsTable, ['all'], { sets, earlier: forget(context, earlier, sets) });
  if (change.kind !== 'remove_validator') {
    const { publicKey, validator } = change.body;
    context.put(consensusKeys, [hexFromBytes(publicKey)], { validator });
  }
  if (change.kind === 'add_validator') dropObserver(context, change.body.peerId);
  return from;
}

/** Why the observers cannot change so. */
export function observerChangeProblem(context: ReadContext, change: ObserverChange): Status {
  const { observers } = context.get(observersTable, 'all') ?? { observers: [] };
  if (change.kind === 'remove_observer') {
    const known = observers.some((one) => one.peerId === change.body.peerId);
    return known ? OK : status('reference_not_found');
  }
  if (!isActive(context, change.body.party)) return status('reference_not_found');
  if (observers.length >= limits.observersMax) return status('bound_exceeded');
  return peerProblem(context, change.body.peerId, undefined);
}

/** Admits an observer or lets it go; at once for what is asked of the state after this block. */
export function changeObservers(context: WriteContext, change: ObserverChange): void {
  if (change.kind === 'remove_observer') {
    dropObserver(context, change.body.peerId);
    return;
  }
  const { observers } = context.get(observersTable, 'all') ?? { observers: [] };
  context.put(observersTable, ['all'], { observers: [...observers, change.body] });
}

/** How many seats were added, removed or given another key. */
export function changedSeats(before: ValidatorSet, after: ValidatorSet): number {
  const texts = (set: ValidatorSet) => {
    return new Map(set.map((one) => [one.id, hexFromBytes(one.publicKey)]));
  };
  const [old, fresh] = [texts(before), texts(after)];
  const ids = new Set([...old.keys(), ...fresh.keys()]);
  return [...ids].filter((id) => old.get(id) !== fresh.get(id)).length;
}

function changedSet(set: ValidatorSet, change: SeatChange): ValidatorSet {
  if (change.kind === 'remove_validator') {
    return set.filter((one) => one.id !== change.body.validator);
  }
  if (change.kind === 'rekey_validator') {
    const { validator, suite, publicKey } = change.body;
    return set.map((one) => (one.id === validator ? { ...one, suite, publicKey } : one));
  }
  const { validator: id, ...rest } = change.body;
  const seat: ValidatorEntry = { id, ...rest, power: 1 };
  return sortValidators([...set, seat]);
}

/** set(h+1): the one that decides how much may change in this block. */
function setInForceNext(context: ReadContext): ValidatorSet {
  const next = context.height + 1;
  const found = setsRecord(context).sets.findLast((one) => one.fromHeight <= next);
  return defined(found, 'governance: no validator set in force').validators;
}

function setsRecord(context: ReadContext): ValidatorSets {
  return defined(context.get(validatorSetsTable, 'all'), 'governance: no validator sets');
}

function consensusKeyProblem(context: ReadContext, publicKey: Uint8Array): Status {
  if (!context.isValidKey('ed25519', publicKey)) return status('key_is_invalid');
  const used = context.get(consensusKeys, hexFromBytes(publicKey)) !== undefined;
  // An account's key must not be able to sign votes, nor the other way round.
  const registered = publicKeyProblem(context, publicKey) !== undefined;
  return used || registered ? status('consensus_key_already_used') : OK;
}

/** A peer id stands for one node; a party's observer may become its validator. */
function peerProblem(context: ReadContext, peerId: string, owner: string | undefined): Status {
  const { sets } = setsRecord(context);
  // The record keeps a set that has passed until the next change.
  const current = sets.findLastIndex((one) => one.fromHeight <= context.height);
  const seats = sets.slice(current).flatMap((one) => one.validators);
  if (seats.some((one) => one.peerId === peerId)) return status('peer_already_admitted');
  const { observers } = context.get(observersTable, 'all') ?? { observers: [] };
  const taken = observers.some((one) => one.peerId === peerId && one.party !== owner);
  return taken ? status('peer_already_admitted') : OK;
}

function dropObserver(context: WriteContext, peerId: string): void {
  const { observers } = context.get(observersTable, 'all') ?? { observers: [] };
  const left = observers.filter((one) => one.peerId !== peerId);
  if (left.length < observers.length) context.put(observersTable, ['all'], { observers: left });
}

/** Lets go of sets whose heights are too old for evidence (R-E2), and of more than are kept. */
function forget(
  context: WriteContext,
  earlier: readonly number[],
  sets: ValidatorSets['sets'],
): number[] {
  const record = context.get(parametersTable, 'consensus');
  const values = record === undefined ? {} : parametersAt(record, context.height);
  const oldest = context.height - Number(values.evidenceMaxAge ?? 0);
  const successors = [...earlier.slice(1), sets[0]?.fromHeight ?? context.height];
  const surplus = earlier.length - limits.validatorSetsKeptMax;
  return earlier.filter((fromHeight, index) => {
    const needed = (successors[index] ?? context.height) > oldest && index >= surplus;
    if (!needed) context.remove(validatorSetTable, String(fromHeight));
    return needed;
  });
}
