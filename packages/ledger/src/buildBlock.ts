import { merkleRootHash, validatorSetHash } from '@triflow/crypto';
import {
  type Block,
  type Evidence,
  encodeEvidence,
  type Hash,
  HEADER_VERSION,
  limits,
  type ValidatorId,
} from '@triflow/protocol';
import { type ChainState, consensusParametersIn, validatorSetAt } from './chainState.js';
import { BlockExecution, type Execution, type IdentifiedTransaction } from './executeBlock.js';
import { validateTransaction } from './validateTransaction.js';

const SLICE = 32;
const TRANSACTION_OVERHEAD_BYTES = 5;
const HEADER_BYTES = 512;

export interface BuildInput {
  readonly builder: ValidatorId;
  readonly timeMs: number;
  /** In the order wanted; signatures already verified under the keys of the parent state. */
  readonly candidates: readonly IdentifiedTransaction[];
  readonly evidence: readonly Evidence[];
}

export interface BuiltBlock {
  readonly block: Block;
  readonly execution: Execution;
  /** Candidates that may never be in a block again, or whose execution failed inside. */
  readonly unfit: readonly { readonly txId: Hash; readonly code: string }[];
}

/**
 * The proposer's side: takes candidates that V6 allows, up to the limits, executes them and puts
 * the roots into the header. A candidate whose execution throws is left out: it is our bug, and
 * must not stop the chain.
 */
export function* buildBlockSteps(
  state: ChainState,
  registry: ConstructorParameters<typeof BlockExecution>[1],
  input: BuildInput,
): Generator<void, BuiltBlock> {
  const height = state.head.height + 1;
  const parameters = consensusParametersIn(state.reader, state.head.height + 1);
  const { chain, reader, isRecent } = state;
  const scope = { chain, reader, height, window: parameters.transactionWindow, isRecent };
  const evidence = input.evidence.slice(0, limits.evidencePerBlockMax);
  const execution = new BlockExecution(state, registry, { ...input, height, evidence });
  const evidenceBytes = evidence.map(encodeEvidence);
  const taken = new Set<Hash>();
  const transactions: Uint8Array[] = [];
  const unfit: { txId: Hash; code: string }[] = [];
  let bytes = HEADER_BYTES + evidenceBytes.reduce((sum, one) => sum + one.length, 0);
  for (const candidate of input.candidates) {
    if (transactions.length >= parameters.maxBlockTransactions) break;
    const { txId, transaction } = candidate;
    const size = transaction.bytes.length + TRANSACTION_OVERHEAD_BYTES;
    if (taken.has(txId) || bytes + size > parameters.maxBlockBytes) continue;
    const judged = validateTransaction(scope, transaction, txId);
    if (!judged.ok) {
      unfit.push({ txId, code: judged.fault.code });
      continue;
    }
    if (transactions.length % SLICE === SLICE - 1) yield;
    try {
      execution.run(candidate);
    } catch (error) {
      unfit.push({ txId, code: `internal: ${String(error)}` });
      continue;
    }
    taken.add(txId);
    transactions.push(transaction.bytes);
    bytes += size;
  }
  const done = execution.finish();
  const header = {
    version: HEADER_VERSION,
    chainId: chain.chainId,
    height,
    timeMs: input.timeMs,
    parentHash: state.head.valueId,
    builder: input.builder,
    txCount: transactions.length,
    txRoot: merkleRootHash(transactions),
    resultRoot: done.resultRoot,
    stateRoot: done.stateRoot,
    validatorsHash: validatorSetHash(validatorSetAt(reader, height)),
    nextValidatorsHash: validatorSetHash(validatorSetAt(reader, height + 1)),
    evidenceRoot: merkleRootHash(evidenceBytes),
  };
  return {
    block: { header, body: { transactions, evidence: evidenceBytes } },
    execution: done,
    unfit,
  };
}
