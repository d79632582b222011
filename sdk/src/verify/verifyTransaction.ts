import { transactionId, verifyInclusion } from '@triflow/crypto';
import {
  type BlockHeader,
  decodeTransaction,
  decodeTxResult,
  failure,
  type Hash,
  limits,
  type Result,
  success,
  type Transaction,
  type TxResult,
} from '@triflow/protocol';

/** Paths of a transaction and of its result to the two roots of one header (RFC 9162). */
export interface TransactionProof {
  readonly bytes: Uint8Array;
  readonly index: number;
  readonly path: readonly Uint8Array[];
  readonly result: Uint8Array;
  /** Leaves of the result tree: the block's transactions and its evidence. */
  readonly resultCount: number;
  readonly resultPath: readonly Uint8Array[];
}

export interface ProvedTransaction {
  readonly txId: Hash;
  readonly index: number;
  readonly transaction: Transaction;
  readonly result: TxResult;
}

/**
 * Checks that a transaction and its result stand in the block of a verified header, at the same
 * position. Faults: `proof_malformed`, `verification_failed`.
 */
export function verifyTransaction(
  header: BlockHeader,
  proof: TransactionProof,
): Result<ProvedTransaction> {
  const decoded = decodeTransaction(proof.bytes);
  if (!decoded.ok) return failure('proof_malformed', decoded.fault.message);
  const result = decodeTxResult(proof.result);
  if (!result.ok) return failure('proof_malformed', result.fault.message);
  const txId = transactionId(decoded.value.signBytes);
  if (result.value.txId !== txId) {
    return failure('verification_failed', 'the result is of another transaction');
  }
  const { index, resultCount } = proof;
  const evidenceCount = resultCount - header.txCount;
  if (evidenceCount < 0 || evidenceCount > limits.evidencePerBlockMax) {
    return failure('verification_failed', 'no block has that many results');
  }
  const inBlock = { leaf: proof.bytes, index, size: header.txCount, path: proof.path };
  if (!verifyInclusion({ ...inBlock, root: header.txRoot })) {
    return failure('verification_failed', 'the transaction is not in this block');
  }
  const inResults = { leaf: proof.result, index, size: resultCount, path: proof.resultPath };
  if (!verifyInclusion({ ...inResults, root: header.resultRoot })) {
    return failure('verification_failed', 'the result is not in this block');
  }
  return success({ txId, index, transaction: decoded.value, result: result.value });
}
