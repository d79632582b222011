import {
  assert,
  type ChainBinding,
  type ConsensusParameters,
  consensusParametersSchema,
  defined,
  type Hash,
  observersTable,
  type PartyId,
  parametersAt,
  parametersTable,
  type StateReader,
  stateKey,
  type Table,
  type ValidatorSet,
  validatorSetsTable,
  validatorSetTable,
} from '@triflow/protocol';
import { decodeRecord } from './decodeRecord.js';
import type { BucketReader, StateTree } from './stateTree.js';

/** The committed chain as execution sees it: the parent of the next block. */
export interface ChainState {
  readonly chain: ChainBinding;
  readonly head: { readonly height: number; readonly valueId: Hash; readonly timeMs: number };
  readonly reader: StateReader;
  readonly tree: StateTree;
  readonly readBucket: BucketReader;
  /** Recorded transaction ids whose validUntilHeight is the height given. */
  readonly expiringAt: (validUntilHeight: number) => readonly Hash[];
  /** Id of a committed block, the head's or one of the last `readinessAgeMax` below it. */
  readonly blockIdAt: (height: number) => Hash | undefined;
  /** Whether an id is recorded: the same as asking the state, without a look at the disk. */
  readonly isRecent: (txId: Hash) => boolean;
}

/** A record in committed state, or undefined. */
export function readRecord<T>(
  reader: StateReader,
  table: Table<T>,
  ...parts: string[]
): T | undefined {
  const bytes = reader.get(stateKey(table, parts));
  return bytes === undefined ? undefined : decodeRecord(table, bytes);
}

interface CheckedParameters {
  readonly changes: number;
  readonly parameters: ConsensusParameters;
}

/** Parameters by the record that they were checked from; that record is frozen. */
const checkedParameters = new WeakMap<object, CheckedParameters>();

/** The shared parameters in force at a height, the state's own or one above. */
export function consensusParametersIn(reader: StateReader, height: number): ConsensusParameters {
  const found = readRecord(reader, parametersTable, 'consensus');
  const record = defined(found, 'state: no consensus parameters');
  const changes = (record.later ?? []).filter((change) => change.fromHeight <= height).length;
  const known = checkedParameters.get(record);
  if (known?.changes === changes) return known.parameters;
  const parameters = consensusParametersSchema.parse(parametersAt(record, height));
  checkedParameters.set(record, { changes, parameters });
  return parameters;
}

/** set(height), for the height of the block after this state and the next (R-S1). */
export function validatorSetAt(reader: StateReader, height: number): ValidatorSet {
  const set = pastValidatorSet(reader, height);
  assert(set !== undefined, `state: no validator set for height ${height}`);
  return set;
}

/** set(height) of any height whose evidence may still be recorded, else undefined. */
export function pastValidatorSet(reader: StateReader, height: number): ValidatorSet | undefined {
  const record = readRecord(reader, validatorSetsTable, 'all');
  const { sets, earlier } = defined(record, 'state: no validator sets');
  const inForce = sets.filter((one) => one.fromHeight <= height).at(-1);
  if (inForce !== undefined) return inForce.validators;
  const first = earlier.filter((fromHeight) => fromHeight <= height).at(-1);
  if (first === undefined) return undefined;
  return readRecord(reader, validatorSetTable, String(first))?.validators;
}

/** Observers that may connect. */
export function observersIn(
  reader: StateReader,
): readonly { readonly party: PartyId; readonly peerId: string }[] {
  return readRecord(reader, observersTable, 'all')?.observers ?? [];
}
