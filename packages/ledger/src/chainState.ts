import {
  assert,
  type ChainBinding,
  type ConsensusParameters,
  consensusParametersSchema,
  defined,
  type Hash,
  observersTable,
  type PartyId,
  parametersTable,
  type StateReader,
  stateKey,
  type Table,
  type ValidatorSet,
  validatorSetsTable,
} from '@triflow/protocol';
import { decodeRecord } from './commandContext.js';
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

/** Parameters by the record that they were checked from; that record is frozen. */
const checkedParameters = new WeakMap<object, ConsensusParameters>();

/** The shared parameters in force. */
export function consensusParametersIn(reader: StateReader): ConsensusParameters {
  const record = readRecord(reader, parametersTable, 'consensus');
  const { values } = defined(record, 'state: no consensus parameters');
  const known = checkedParameters.get(values);
  if (known !== undefined) return known;
  const parameters = consensusParametersSchema.parse(values);
  checkedParameters.set(values, parameters);
  return parameters;
}

/** set(height), for a height at most two above the state's own (R-S1). */
export function validatorSetAt(reader: StateReader, height: number): ValidatorSet {
  const record = readRecord(reader, validatorSetsTable, 'all');
  const sets = defined(record, 'state: no validator sets').sets;
  const found = sets.filter((one) => one.fromHeight <= height).at(-1);
  assert(found !== undefined, `state: no validator set for height ${height}`);
  return found.validators;
}

/** Observers that may connect. */
export function observersIn(
  reader: StateReader,
): readonly { readonly party: PartyId; readonly peerId: string }[] {
  return readRecord(reader, observersTable, 'all')?.observers ?? [];
}
