import { merkleRootHash, validatorSetHash, verifyEvidence } from '@triflow/crypto';
import {
  type Block,
  compareBytes,
  decodeEvidence,
  decodeTransaction,
  type Evidence,
  evidenceTable,
  type Failure,
  failure,
  type Hash,
  HEADER_VERSION,
  limits,
  type PartyKey,
  type Result,
  stateKey,
  success,
} from '@triflow/protocol';
import {
  type ChainState,
  consensusParametersIn,
  pastValidatorSet,
  validatorSetAt,
} from './chainState.js';
import {
  type Execution,
  executeBlockSteps,
  type IdentifiedTransaction,
  identify,
} from './executeBlock.js';
import type { ContractRegistry } from './registry.js';
import { validateTransaction } from './validateTransaction.js';

/** A block whose shape, links and transactions are right, signatures and execution aside. */
export interface CheckedBlock {
  readonly block: Block;
  readonly transactions: readonly IdentifiedTransaction[];
  readonly evidence: readonly Evidence[];
  /** What must still be verified: one signature a transaction, under its key. */
  readonly keys: readonly PartyKey[];
}

/** Finds a transaction that was read before, by exactly these bytes. */
export type KnownTransactions = (bytes: Uint8Array) => IdentifiedTransaction | undefined;

/**
 * V1 to V7 without the transactions' signatures, so that these can be verified in bulk elsewhere.
 * A fault means: invalid for ever, on every correct node.
 */
export function checkBlock(
  state: ChainState,
  block: Block,
  known: KnownTransactions = () => undefined,
): Result<CheckedBlock> {
  const shape = checkShape(state, block);
  if (!shape.ok) return shape;
  const links = checkLinks(state, block);
  if (!links.ok) return links;
  const transactions = checkTransactions(state, block, known);
  if (!transactions.ok) return transactions;
  const evidence = checkEvidence(state, block);
  if (!evidence.ok) return evidence;
  return success({ block, ...transactions.value, evidence: evidence.value });
}

/** V8: executes and compares the roots; the error shows expected and actual. */
export function* executeCheckedSteps(
  state: ChainState,
  registry: ContractRegistry,
  checked: CheckedBlock,
): Generator<void, Result<Execution>> {
  const { header } = checked.block;
  const { height, timeMs } = header;
  const execution = yield* executeBlockSteps(state, registry, { ...checked, height, timeMs });
  if (execution.resultRoot !== header.resultRoot) {
    return invalid(`V8: resultRoot is ${execution.resultRoot}, header says ${header.resultRoot}`);
  }
  if (execution.stateRoot !== header.stateRoot) {
    return invalid(`V8: stateRoot is ${execution.stateRoot}, header says ${header.stateRoot}`);
  }
  return success(execution);
}

/** V1: within limits, roots match the body. Canonical form is checked at decoding. */
function checkShape(state: ChainState, block: Block): Result<true> {
  const { header, body } = block;
  const parameters = consensusParametersIn(state.reader, header.height);
  if (bodyBytes(block) > parameters.maxBlockBytes + limits.bodyEnvelopeBytesMax) {
    return invalid('V1: block too large');
  }
  if (body.transactions.length > parameters.maxBlockTransactions) {
    return invalid('V1: too many transactions');
  }
  if (header.txCount !== body.transactions.length) return invalid('V1: txCount');
  if (header.txRoot !== merkleRootHash(body.transactions)) return invalid('V1: txRoot');
  if (header.evidenceRoot !== merkleRootHash(body.evidence)) return invalid('V1: evidenceRoot');
  return success(true);
}

/** Bytes of the transactions and the evidence, without their lengths. */
function bodyBytes({ body }: Block): number {
  const parts = [...body.transactions, ...body.evidence];
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** V2 to V5: this chain, the head's child, in time, under the right sets. */
function checkLinks(state: ChainState, { header, body }: Block): Result<true> {
  const { head, reader, chain } = state;
  const parameters = consensusParametersIn(reader, head.height + 1);
  if (header.version !== HEADER_VERSION) return invalid('V2: version');
  if (header.chainId !== chain.chainId) return invalid('V2: chainId');
  if (header.height !== head.height + 1) return invalid('V2: height');
  if (header.parentHash !== head.valueId) return invalid('V2: parentHash');
  const set = validatorSetAt(reader, header.height);
  if (!set.some((entry) => entry.id === header.builder)) return invalid('V2: builder');
  if (header.timeMs < head.timeMs + parameters.blockIntervalMs) return invalid('V3: too early');
  const empty = body.transactions.length === 0 && body.evidence.length === 0;
  if (empty && header.timeMs < head.timeMs + parameters.heartbeatMs) {
    return invalid('V4: empty before the heartbeat');
  }
  const next = validatorSetAt(reader, header.height + 1);
  if (header.validatorsHash !== validatorSetHash(set)) return invalid('V5: validatorsHash');
  if (header.nextValidatorsHash !== validatorSetHash(next)) {
    return invalid('V5: nextValidatorsHash');
  }
  return success(true);
}

/** V6 without signatures. */
function checkTransactions(
  state: ChainState,
  block: Block,
  known: KnownTransactions,
): Result<{ transactions: IdentifiedTransaction[]; keys: PartyKey[] }> {
  const { chain, reader, isRecent } = state;
  const { height } = block.header;
  const window = consensusParametersIn(reader, height).transactionWindow;
  const scope = { chain, reader, height, window, isRecent };
  const transactions: IdentifiedTransaction[] = [];
  const keys: PartyKey[] = [];
  const seen = new Set<Hash>();
  for (const [index, bytes] of block.body.transactions.entries()) {
    const read = known(bytes) ?? readTransaction(bytes);
    if ('fault' in read) return invalid(`V6: transaction ${index}: ${read.fault.message}`);
    const identified = read;
    if (seen.has(identified.txId)) return invalid(`V6: transaction ${index} stands twice`);
    seen.add(identified.txId);
    const key = validateTransaction(scope, identified.transaction, identified.txId);
    if (!key.ok) return invalid(`V6: transaction ${index}: ${key.fault.message}`);
    transactions.push(identified);
    keys.push(key.value);
  }
  return success({ transactions, keys });
}

function readTransaction(bytes: Uint8Array): IdentifiedTransaction | Failure {
  const decoded = decodeTransaction(bytes);
  return decoded.ok ? identify(decoded.value) : decoded;
}

/** V7 by R-E2: recent enough, not yet recorded, sorted, each verified under its own set. */
function checkEvidence(state: ChainState, block: Block): Result<Evidence[]> {
  const parameters = consensusParametersIn(state.reader, block.header.height);
  const evidence: Evidence[] = [];
  let previous: Uint8Array | undefined;
  for (const bytes of block.body.evidence) {
    if (previous !== undefined && compareBytes(previous, bytes) >= 0) {
      return invalid('V7: evidence is not sorted');
    }
    previous = bytes;
    const decoded = decodeEvidence(bytes);
    if (!decoded.ok) return invalid(`V7: ${decoded.fault.message}`);
    const problem = evidenceProblem(state, decoded.value, block.header.height, parameters);
    if (problem !== undefined) return invalid(`V7: ${problem}`);
    evidence.push(decoded.value);
  }
  return success(evidence);
}

/** Why evidence may not stand in a block at a height; undefined when it may (R-E2). */
export function evidenceProblem(
  state: ChainState,
  evidence: Evidence,
  height: number,
  parameters: { readonly evidenceMaxAge: number },
): string | undefined {
  if (evidence.height >= height) return 'evidence of a height not yet committed';
  if (evidence.height < height - parameters.evidenceMaxAge) return 'evidence is too old';
  const slot = `${evidence.height}-${evidence.round}-${evidence.kind}`;
  const key = stateKey(evidenceTable, [evidence.validator, slot]);
  if (state.reader.get(key) !== undefined) return 'evidence is already recorded';
  const set = pastValidatorSet(state.reader, evidence.height);
  if (set === undefined) return 'evidence of a height whose validators are forgotten';
  const verified = verifyEvidence(state.chain, set, evidence);
  return verified.ok ? undefined : verified.fault.message;
}

function invalid(message: string): ReturnType<typeof failure> {
  return failure('block_invalid', message);
}
