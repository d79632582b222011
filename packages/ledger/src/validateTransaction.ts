import {
  type ChainBinding,
  failure,
  type Hash,
  type PartyKey,
  partyKeyTable,
  type Result,
  type StateReader,
  success,
  type Transaction,
} from '@triflow/protocol';
import { readRecord } from './chainState.js';

/** What a transaction is judged against: the parent state and the height that would hold it. */
export interface AdmissionScope {
  readonly chain: ChainBinding;
  readonly reader: StateReader;
  /** Height of the block that would hold it. */
  readonly height: number;
  readonly window: number;
  /** Whether a block inside the window holds the id already. */
  readonly isRecent: (txId: Hash) => boolean;
}

/**
 * V6 but for the signature: bound to this chain, height <= validUntilHeight <= height + window,
 * id not used, key in force in the parent state. Gives the key to check the signature with.
 * Faults: `transaction_wrong_chain`, `transaction_expired`, `transaction_window`,
 * `transaction_replayed`, `key_not_found`.
 */
export function validateTransaction(
  scope: AdmissionScope,
  transaction: Transaction,
  txId: Hash,
): Result<PartyKey> {
  const { chain, reader, height, window, isRecent } = scope;
  const bound =
    transaction.chainId === chain.chainId && transaction.genesisHash === chain.genesisHash;
  if (!bound) return failure('transaction_wrong_chain', 'the transaction names another chain');
  const { validUntilHeight } = transaction;
  if (validUntilHeight < height) {
    return failure('transaction_expired', `valid until ${validUntilHeight}, next is ${height}`);
  }
  if (validUntilHeight > height + window) {
    return failure('transaction_window', `at most ${height + window}, is ${validUntilHeight}`);
  }
  if (isRecent(txId)) {
    return failure('transaction_replayed', 'this id is already in a block');
  }
  const key = readRecord(reader, partyKeyTable, transaction.sender, transaction.keyId);
  if (key === undefined || !isInForce(key, height)) {
    return failure('key_not_found', `${transaction.sender} has no key ${transaction.keyId}`);
  }
  return success(key);
}

/** Whether a key signs at a height. */
export function isInForce(key: PartyKey, height: number): boolean {
  return key.fromHeight <= height && (key.toHeight === undefined || height < key.toHeight);
}
