import { type CborValue, encodeCanonical } from './encoding.js';
import type { PartyId, ValidatorId } from './ids.js';
import { compareText } from './text.js';

/** One seat of a validator set. */
export interface ValidatorEntry {
  readonly id: ValidatorId;
  /** The party that runs the node. */
  readonly party: PartyId;
  readonly suite: string;
  readonly publicKey: Uint8Array;
  readonly peerId: string;
  /** v1 rejects any power but 1 (R-Q2). */
  readonly power: number;
}

/** The validators of a height, sorted by id bytes; a validator's index is its position (R-Q3). */
export type ValidatorSet = readonly ValidatorEntry[];

export const VALIDATOR_SET_DOMAIN = 'triflow/validators/1';

/** The bytes whose hash is a header's validatorsHash. */
export function validatorSetBytes(set: ValidatorSet): Uint8Array {
  const entries = set.map((entry): CborValue => {
    return [entry.id, entry.party, entry.suite, entry.publicKey, entry.peerId, entry.power];
  });
  return encodeCanonical([VALIDATOR_SET_DOMAIN, entries]);
}

/** Puts validators into the one order that indices refer to. */
export function sortValidators(entries: readonly ValidatorEntry[]): ValidatorSet {
  return [...entries].sort((a, b) => compareText(a.id, b.id));
}

/** The index of a validator, or undefined for somebody else. */
export function validatorIndex(set: ValidatorSet, id: ValidatorId): number | undefined {
  const index = set.findIndex((entry) => entry.id === id);
  return index < 0 ? undefined : index;
}
