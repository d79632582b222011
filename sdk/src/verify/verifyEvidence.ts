import { decodeStateProof, genesisHashOf } from '@triflow/crypto';
import {
  type Command,
  type Fault,
  failure,
  isOk,
  parseGenesis,
  type Result,
  type Status,
  success,
  textFromHash,
  textFromTime,
  textFromTxId,
} from '@triflow/protocol';
import { TriflowError } from '../errors/triflowError.js';
import { recordTable } from '../recordTable.js';
import { bytesOfMember, decodeEvidenceFile, type EvidenceFile } from './evidenceFile.js';
import { followValidators } from './followValidators.js';
import { readRecord } from './readRecord.js';
import {
  anchorFromGenesis,
  anchorFromPin,
  type KnownSet,
  readGenesisHash,
  type Trust,
  type TrustAnchor,
} from './trustAnchor.js';
import { type VerifiedHeader, verifyHeader } from './verifyHeader.js';
import { verifyState } from './verifyState.js';
import { verifyTransaction } from './verifyTransaction.js';

export interface EvidenceState {
  readonly key: string;
  /** `contract/table`. */
  readonly table: string;
  readonly kind: 'inclusion' | 'absence';
  /** The record; null when there is none, or when this release does not know its form. */
  readonly data: unknown;
  /** Canonical bytes of the record. */
  readonly bytes: Uint8Array | null;
}

export interface EvidenceTransaction {
  readonly txId: string;
  readonly index: number;
  readonly sender: string;
  readonly commands: readonly Command[];
  readonly outcome: 'committed' | 'rejected';
  readonly status: Status;
}

/** What an evidence file proves. Nothing in it was taken on trust but the trust given. */
export interface EvidenceReport {
  readonly kind: 'state' | 'transaction' | 'both';
  readonly chainId: string;
  readonly height: number;
  readonly timeMs: number;
  readonly signers: number;
  readonly of: number;
  readonly items: readonly EvidenceState[];
  readonly transactions: readonly EvidenceTransaction[];
  /** The same in words. */
  readonly sentences: readonly string[];
}

/**
 * Checks an evidence file with no node at all and says what it proves. Fails closed:
 * `EVIDENCE_MALFORMED` (not exactly the canonical form), `EVIDENCE_TAMPERED`,
 * `EVIDENCE_WRONG_CHAIN`, `EVIDENCE_TOO_FEW_SIGNERS`, `TRUST_EXPIRED` (the file is older than the
 * trusted set), `GENESIS_INVALID` (the trust itself is wrong).
 */
export function verifyEvidence(bytes: Uint8Array, trust: Trust): EvidenceReport {
  const decoded = decodeEvidenceFile(bytes);
  if (!decoded.ok) throw evidenceError(decoded.fault);
  const file = decoded.value;
  const anchor = anchorFor(file, trust);
  if (file.chainId !== anchor.chainId || file.genesisHash !== textFromHash(anchor.genesisHash)) {
    const message = `the file is of chain ${file.chainId}, trusted is ${anchor.chainId}`;
    throw new TriflowError('EVIDENCE_WRONG_CHAIN', message);
  }
  const header = signedHeader(file, anchor);
  if (!header.ok) throw evidenceError(header.fault);
  const items = provedItems(file, anchor, header.value);
  if (!items.ok) throw evidenceError(items.fault);
  const transactions = provedTransactions(file, header.value);
  if (!transactions.ok) throw evidenceError(transactions.fault);
  return report(anchor.chainId, header.value, items.value, transactions.value);
}

function anchorFor(file: EvidenceFile, trust: Trust): TrustAnchor {
  const anchor = readAnchor(file, trust);
  if (anchor.ok) return anchor.value;
  const { code, message } = anchor.fault;
  if (code === 'wrong_chain' || code === 'evidence_tampered') throw evidenceError(anchor.fault);
  throw new TriflowError('GENESIS_INVALID', message);
}

function readAnchor(file: EvidenceFile, trust: Trust): Result<TrustAnchor> {
  if ('validators' in trust) return anchorFromPin(trust);
  const own = 'genesis' in trust ? anchorFromGenesis(trust.genesis) : undefined;
  if (own !== undefined && !own.ok) return own;
  const trusted = 'genesisHash' in trust ? readGenesisHash(trust.genesisHash) : undefined;
  const expected = own?.value.genesisHash ?? trusted;
  if (expected === undefined) return failure('trust_invalid', 'genesisHash is not a digest');
  if (file.genesisHash !== textFromHash(expected)) {
    return failure('wrong_chain', `the file is of genesis ${file.genesisHash}`);
  }
  if (file.genesis === undefined) {
    return own ?? failure('trust_invalid', 'the file has no genesis document: give it as trust');
  }
  // A document in the file is checked even when it is not needed: no byte goes unread.
  const included = parseGenesis(file.genesis);
  if (!included.ok || genesisHashOf(included.value) !== expected) {
    return failure('evidence_tampered', 'the genesis document is not the one of its hash');
  }
  return own ?? anchorFromGenesis(file.genesis, expected);
}

function signedHeader(file: EvidenceFile, anchor: TrustAnchor): Result<VerifiedHeader> {
  let known: KnownSet = anchor.start;
  for (const step of file.validatorSteps) {
    const followed = followValidators(anchor, known, {
      header: bytesOfMember(step.header),
      certificate: bytesOfMember(step.certificate),
      nextValidators: step.nextValidators.map((entry) => {
        return { ...entry, publicKey: bytesOfMember(entry.publicKey) };
      }),
    });
    if (!followed.ok) return followed;
    known = followed.value;
  }
  const signed = {
    header: bytesOfMember(file.header),
    certificate: bytesOfMember(file.certificate),
  };
  const verified = verifyHeader(anchor, known, signed);
  if (!verified.ok || verified.value.header.height >= known.fromHeight) return verified;
  return failure('trust_expired', 'the file is older than the validator set it is judged by');
}

function provedItems(
  file: EvidenceFile,
  anchor: TrustAnchor,
  { header }: VerifiedHeader,
): Result<EvidenceState[]> {
  const proofs = file.states.map(bytesOfMember);
  const keys: string[] = [];
  for (const bytes of proofs) {
    const proof = decodeStateProof(bytes);
    if (!proof.ok) return proof;
    keys.push(proof.value.key);
  }
  const state = { root: header.stateRoot, depth: anchor.stateTreeDepth };
  const proved = verifyState(state, keys, proofs);
  if (!proved.ok) return proved;
  return success(
    proved.value.map(({ key, value, kind }) => {
      const table = key.split('/').slice(0, 2).join('/');
      return { key, table, kind, data: dataOf(table, value), bytes: value };
    }),
  );
}

function dataOf(tableName: string, value: Uint8Array | null): unknown {
  const table = recordTable(tableName);
  if (value === null || table === undefined) return null;
  const record = readRecord(table, value);
  return record.ok ? record.value : null;
}

function provedTransactions(
  file: EvidenceFile,
  { header }: VerifiedHeader,
): Result<EvidenceTransaction[]> {
  const transactions: EvidenceTransaction[] = [];
  for (const { bytes, index, path, result, resultCount, resultPath } of file.transactions) {
    const proved = verifyTransaction(header, {
      bytes: bytesOfMember(bytes),
      index,
      path: path.map(bytesOfMember),
      result: bytesOfMember(result),
      resultCount,
      resultPath: resultPath.map(bytesOfMember),
    });
    if (!proved.ok) return proved;
    const { txId, transaction } = proved.value;
    const { contract, number, code } = proved.value.result;
    const status = { contract, number, code };
    transactions.push({
      txId: textFromTxId(txId),
      index,
      sender: transaction.sender,
      commands: transaction.commands,
      outcome: isOk(status) ? 'committed' : 'rejected',
      status,
    });
  }
  return success(transactions);
}

function report(
  chainId: string,
  { header, signers, of }: VerifiedHeader,
  items: readonly EvidenceState[],
  transactions: readonly EvidenceTransaction[],
): EvidenceReport {
  const { height, timeMs } = header;
  const both = items.length > 0 && transactions.length > 0;
  const single = items.length > 0 ? 'state' : 'transaction';
  const first = `Block ${height} of chain ${chainId}, ${textFromTime(timeMs)}: final, `;
  const sentences = [
    `${first}signed by ${signers} of ${of} validators.`,
    ...items.map(sentenceOfState),
    ...transactions.map(sentenceOfTransaction),
  ];
  const kind = both ? 'both' : single;
  return { kind, chainId, height, timeMs, signers, of, items, transactions, sentences };
}

function sentenceOfState(item: EvidenceState): string {
  const id = item.key.slice(item.table.length + 1);
  if (item.kind === 'absence') {
    if (item.table === 'lien/onAsset') return `No lien stood on ${id}.`;
    return `Nothing was recorded under ${item.key}.`;
  }
  const state = stateOf(item.data);
  const standing = state === undefined ? '' : `, in state ${state}`;
  if (item.data === null) return `${item.key} held a record that this release cannot read.`;
  return `${id} was recorded in ${item.table}${standing}.`;
}

function stateOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('state' in data)) return undefined;
  return typeof data.state === 'string' ? data.state : undefined;
}

function sentenceOfTransaction(transaction: EvidenceTransaction): string {
  const { txId, sender, commands, status, outcome } = transaction;
  const names = commands.map(({ contract, name }) => `${contract}.${name}`).join(', ');
  const ending = outcome === 'committed' ? 'took effect' : `was refused: ${status.code}`;
  return `${txId} of ${sender} (${names}) ${ending}.`;
}

function evidenceError(fault: Fault): TriflowError {
  const options = { details: { reason: fault.code } };
  return new TriflowError(codeOf(fault.code), fault.message, options);
}

function codeOf(reason: string): string {
  switch (reason) {
    case 'evidence_malformed':
      return 'EVIDENCE_MALFORMED';
    case 'wrong_chain':
      return 'EVIDENCE_WRONG_CHAIN';
    case 'too_few_signers':
      return 'EVIDENCE_TOO_FEW_SIGNERS';
    case 'trust_expired':
      return 'TRUST_EXPIRED';
    default:
      return 'EVIDENCE_TAMPERED';
  }
}
