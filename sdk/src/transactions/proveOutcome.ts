import {
  bytesFromBase64Url,
  type TransactionProofAnswer,
  transactionProofSchema,
  transactionRoutes,
} from '@triflow/api/routes';
import { isOk, recentTxTable, stateKey, textFromTxId } from '@triflow/protocol';
import { callNode } from '../client/callNode.js';
import type { ClientCore } from '../client/clientCore.js';
import { readStateWithin, type StateAt } from '../client/readState.js';
import { verifiedBy } from '../client/verified.js';
import type { Deadline } from '../deadline.js';
import { TriflowError } from '../errors/triflowError.js';
import { jsonFromLedgerEvent } from '../events/eventData.js';
import { readRecord } from '../verify/readRecord.js';
import type { VerifiedHeader } from '../verify/verifyHeader.js';
import { type TransactionProof, verifyTransaction } from '../verify/verifyTransaction.js';
import type { Expired, Outcome } from './outcome.js';
import type { SignedTransaction } from './signedTransaction.js';

/** A transaction's proof as bytes, verified under its header. */
export interface ProvedInBlock {
  readonly header: Uint8Array;
  readonly certificate: Uint8Array;
  readonly proof: TransactionProof;
  readonly verified: VerifiedHeader;
  readonly outcome: Exclude<Outcome, Expired>;
}

/**
 * Fetches and verifies the proof that a transaction and its result stand in a final block;
 * `minHeight` is a height by which they do, so that a node below it is passed over.
 */
export async function proveInBlock(
  core: ClientCore,
  txId: SignedTransaction['txId'],
  deadline: Deadline,
  minHeight = 0,
): Promise<ProvedInBlock> {
  const id = textFromTxId(txId);
  const call = { route: transactionRoutes.getTransactionProof, params: { id }, minHeight };
  const expected = core.chain.expected();
  const answered = await callNode(core, expected, deadline, call, transactionProofSchema);
  const { node } = answered.answer;
  const { header, certificate, proof } = proofBytes(answered.value, node);
  const verified = await core.chain.verify({ header, certificate, node }, deadline);
  const proved = verifyTransaction(verified.header, proof);
  if (!proved.ok) throw refused(node, proved.fault.message);
  const { result, index } = proved.value;
  if (proved.value.txId !== txId) throw refused(node, 'the proof is of another transaction');
  const { height } = verified.header;
  core.seen.read = Math.max(core.seen.read, height);
  const shown = verifiedBy(verified, 'inclusion', core.environment.nowMs());
  const base = { txId: id, height, index, verified: shown };
  const { contract, number, code, failedCommand } = result;
  const status = { contract, number, code };
  const outcome: ProvedInBlock['outcome'] = isOk(status)
    ? { ...base, outcome: 'committed', events: result.events.map(jsonFromLedgerEvent) }
    : { ...base, outcome: 'rejected', status, failedCommand };
  return { header, certificate, proof, verified, outcome };
}

/**
 * Proves that a transaction expired, by its absence from the state of its last height exactly
 * (architecture section 4), or that it did not: then its outcome.
 */
export async function proveExpired(
  core: ClientCore,
  transaction: SignedTransaction,
  deadline: Deadline,
): Promise<Outcome> {
  const at = transaction.validUntilHeight;
  const state = await readStateWithin(
    core,
    [recentKey(transaction)],
    { at, verify: 'always' },
    deadline,
  );
  const height = recordedHeight(state);
  if (height === undefined) return expiredBy(core, transaction, state);
  return (await proveInBlock(core, transaction.txId, deadline, height)).outcome;
}

/** An outcome from the state of its last height, where the id is absent. */
export function expiredBy(
  core: ClientCore,
  { txId, validUntilHeight }: SignedTransaction,
  state: StateAt,
): Expired {
  const { verified } = state;
  const nowMs = core.environment.nowMs();
  const shown = verified === undefined ? undefined : verifiedBy(verified, 'absence', nowMs);
  return { outcome: 'expired', txId: textFromTxId(txId), validUntilHeight, verified: shown };
}

/** The state key under which a transaction's id stands until its last height. */
export function recentKey({ txId }: Pick<SignedTransaction, 'txId'>): string {
  return stateKey(recentTxTable, [txId]);
}

/** The height that state names for a transaction; undefined when its id is absent there. */
export function recordedHeight({ items }: StateAt): number | undefined {
  const value = items[0]?.value ?? null;
  if (value === null) return undefined;
  const record = readRecord(recentTxTable, value);
  if (!record.ok) throw refused('the state', record.fault.message);
  return record.value.height;
}

function proofBytes(
  answer: TransactionProofAnswer,
  node: string,
): Pick<ProvedInBlock, 'header' | 'certificate' | 'proof'> {
  const { transaction, result } = answer;
  if (transaction.index !== result.index) throw refused(node, 'two positions of one transaction');
  const read = (text: string): Uint8Array => {
    const bytes = bytesFromBase64Url(text);
    if (bytes === undefined) throw refused(node, 'not base64url');
    return bytes;
  };
  return {
    header: read(answer.header),
    certificate: read(answer.certificate),
    proof: {
      bytes: read(transaction.bytes),
      index: transaction.index,
      path: transaction.path.map(read),
      result: read(result.bytes),
      resultCount: result.size,
      resultPath: result.path.map(read),
    },
  };
}

function refused(node: string, message: string): TriflowError {
  const options = { node, phase: 'verify' as const };
  return new TriflowError('VERIFICATION_FAILED', `${node}: ${message}`, options);
}
