import type { OutcomeAnswer } from '@triflow/api/routes';
import { errorFromStatusCode, textFromTxId } from '@triflow/protocol';
import type { ClientCore } from '../client/clientCore.js';
import { readStateWithin } from '../client/readState.js';
import { type CallOptions, type Deadline, underDeadline } from '../deadline.js';
import { isTriflowError, TriflowError, withPhase } from '../errors/triflowError.js';
import type { Committed, Outcome, Rejected } from './outcome.js';
import type { PreparedTransaction } from './preparedTransaction.js';
import {
  expiredBy,
  proveExpired,
  proveInBlock,
  recentKey,
  recordedHeight,
} from './proveOutcome.js';
import type { SignedTransaction } from './signedTransaction.js';
import { askOutcome, type Progress, submit } from './submit.js';

/** How often a transaction that no node knows is looked for. */
const SETTLE_POLL_MS = 500;

/** Between two questions, for a node that does not hold them. */
const PENDING_PAUSE_MS = 50;

/** Failures that leave open whether the bytes took effect, whatever their retry class. */
const OPEN_ENDED = ['TRANSPORT_FAILED', 'TRANSACTION_NOT_FOUND'];

/** A signed transaction with what can be done with it. */
export function prepareTransaction(
  core: ClientCore,
  transaction: SignedTransaction,
): PreparedTransaction {
  const run = <T>(
    options: CallOptions | undefined,
    work: (deadline: Deadline, progress: Progress) => Promise<T>,
  ): Promise<T> => {
    const progress: Progress = { phase: 'connect', maybeTaken: false };
    const { signal, timeoutMs = core.timeoutMs } = options ?? {};
    return underDeadline(core.environment, { signal, timeoutMs }, async (deadline) => {
      try {
        return await work(deadline, progress);
      } catch (error) {
        throw isTriflowError(error) ? endingOf(transaction, error, progress) : error;
      }
    });
  };
  return {
    id: textFromTxId(transaction.txId),
    ...transaction,
    commit: (options) => {
      return run(options, (deadline, progress) => commit(core, transaction, deadline, progress));
    },
    send: (options) => {
      return run(options, async (deadline, progress) => {
        const answer = await submit(core, transaction, deadline, progress, { wait: false });
        return { outcome: answer.outcome };
      });
    },
    wait: (options) => {
      return run(options, (deadline, progress) => {
        progress.maybeTaken = true;
        return conclude(core, transaction, undefined, deadline, progress);
      });
    },
    settle: (options) => {
      return run(options, (deadline, progress) => {
        progress.maybeTaken = true;
        progress.phase = 'commit';
        return settle(core, transaction, deadline);
      });
    },
  };
}

async function commit(
  core: ClientCore,
  transaction: SignedTransaction,
  deadline: Deadline,
  progress: Progress,
): Promise<Committed> {
  const first = await submitOrAsk(core, transaction, deadline, progress);
  const outcome = await conclude(core, transaction, first, deadline, progress);
  if (outcome.outcome === 'committed') return outcome;
  if (outcome.outcome === 'rejected') throw rejection(outcome);
  throw new TriflowError('TRANSACTION_EXPIRED', `${outcome.txId} is in no block up to its last`, {
    details: { ...outcome },
  });
}

/** The node's own words on expiry and repetition are not final: they are looked into. */
async function submitOrAsk(
  core: ClientCore,
  transaction: SignedTransaction,
  deadline: Deadline,
  progress: Progress,
): Promise<OutcomeAnswer> {
  try {
    return await submit(core, transaction, deadline, progress, { wait: true });
  } catch (error) {
    const txId = textFromTxId(transaction.txId);
    if (isTriflowError(error, 'TRANSACTION_EXPIRED')) return { txId, outcome: 'expired' };
    if (isTriflowError(error, 'TRANSACTION_REPLAYED')) return { txId, outcome: 'pending' };
    throw error;
  }
}

/** Waits until a node names the end, then proves it. */
async function conclude(
  core: ClientCore,
  transaction: SignedTransaction,
  first: OutcomeAnswer | undefined,
  deadline: Deadline,
  progress: Progress,
): Promise<Outcome> {
  let answer = first ?? (await askOutcome(core, transaction, deadline));
  while (answer.outcome === 'pending') {
    progress.phase = 'order';
    progress.maybeTaken = true;
    await deadline.sleep(PENDING_PAUSE_MS);
    answer = await askAgain(core, transaction, deadline, progress);
  }
  progress.phase = 'verify';
  progress.maybeTaken = true;
  if (core.verify === 'never') return told(core, transaction, answer);
  if (answer.outcome === 'expired') return settle(core, transaction, deadline);
  return (await proveInBlock(core, transaction.txId, deadline, answer.height)).outcome;
}

/** Another node, after failover, may never have seen the bytes: it gets them. */
async function askAgain(
  core: ClientCore,
  transaction: SignedTransaction,
  deadline: Deadline,
  progress: Progress,
): Promise<OutcomeAnswer> {
  try {
    return await askOutcome(core, transaction, deadline);
  } catch (error) {
    if (!isTriflowError(error, 'TRANSACTION_NOT_FOUND')) throw error;
    return submitOrAsk(core, transaction, deadline, progress);
  }
}

/** Looks for the transaction in verified state until it is there or can no longer come. */
async function settle(
  core: ClientCore,
  transaction: SignedTransaction,
  deadline: Deadline,
): Promise<Outcome> {
  const { txId, validUntilHeight } = transaction;
  for (;;) {
    const key = recentKey(transaction);
    const state = await readStateWithin(core, [key], { verify: 'always' }, deadline);
    const height = recordedHeight(state);
    if (height !== undefined) {
      return (await proveInBlock(core, txId, deadline, height)).outcome;
    }
    if (state.height === validUntilHeight) return expiredBy(core, transaction, state);
    if (state.height > validUntilHeight) return proveExpired(core, transaction, deadline);
    await deadline.sleep(SETTLE_POLL_MS);
  }
}

/** The node's word for it, where the client verifies nothing. */
function told(core: ClientCore, transaction: SignedTransaction, answer: OutcomeAnswer): Outcome {
  const txId = textFromTxId(transaction.txId);
  const { validUntilHeight } = transaction;
  if (answer.outcome === 'expired') {
    return { outcome: 'expired', txId, validUntilHeight, verified: undefined };
  }
  const { height, index, status, failedCommand = -1, events = [] } = answer;
  if (height === undefined || index === undefined || status === undefined) {
    throw new TriflowError('VERIFICATION_FAILED', `the node does not say how ${txId} ended`);
  }
  core.seen.read = Math.max(core.seen.read, height);
  const base = { txId, height, index, verified: undefined };
  if (answer.outcome === 'committed') return { ...base, outcome: 'committed', events };
  return { ...base, outcome: 'rejected', status, failedCommand };
}

/** The error of a numbered refusal: its code in capitals. */
function rejection(rejected: Rejected): TriflowError {
  const { code, retry, title } = errorFromStatusCode(rejected.status.code);
  return new TriflowError(code, title, { retry, details: { ...rejected } });
}

/** What a call throws when it found no end: a definite refusal, or `OUTCOME_UNKNOWN`. */
function endingOf(
  { txId }: SignedTransaction,
  error: TriflowError,
  { phase, maybeTaken }: Progress,
): TriflowError {
  const open = ['same', 'after'].includes(error.retry) || OPEN_ENDED.includes(error.code);
  if (!maybeTaken || !open) return withPhase(error, phase);
  const id = textFromTxId(txId);
  return new TriflowError('OUTCOME_UNKNOWN', `no outcome of ${id} within the time given`, {
    phase,
    cause: error,
    details: { txId: id },
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
  });
}
