import {
  type OutcomeAnswer,
  outcomeSchema,
  TRANSACTION_MEDIA_TYPE,
  transactionRoutes,
} from '@triflow/api/routes';
import { limits, textFromTxId } from '@triflow/protocol';
import { callOnce, retryPause } from '../client/callNode.js';
import type { ClientCore } from '../client/clientCore.js';
import type { Deadline } from '../deadline.js';
import { isTriflowError, type Phase, TriflowError } from '../errors/triflowError.js';
import type { SignedTransaction } from './signedTransaction.js';

/** How long a node is asked to hold one request. */
const WAIT_MS = 10_000;

/** How far a transaction has come, for the error when time runs out. */
export interface Progress {
  phase: Phase;
  /** Whether some node may hold the bytes though none has said so. */
  maybeTaken: boolean;
}

/**
 * Sends the bytes until a node says what became of them. Waits at the node up to the time left
 * when asked to. Refusals that are final are thrown; the rest is tried again, same bytes.
 */
export async function submit(
  core: ClientCore,
  transaction: SignedTransaction,
  deadline: Deadline,
  progress: Progress,
  options: { readonly wait: boolean },
): Promise<OutcomeAnswer> {
  for (let attempt = 0; ; attempt += 1) {
    const waitMs = options.wait ? waitTime(deadline) : 0;
    const call = {
      route: transactionRoutes.submitTransaction,
      query: { wait: Math.floor(waitMs / 1_000) },
      body: transaction.bytes,
      contentType: TRANSACTION_MEDIA_TYPE,
      waitMs,
    };
    try {
      const answered = await callOnce(
        watched(core, progress),
        core.chain.expected(),
        deadline,
        call,
        outcomeSchema,
      );
      return sameTransaction(transaction, answered.value);
    } catch (error) {
      if (!isTriflowError(error)) throw error;
      noteFailure(progress, error);
      const pauseMs = retryPause(core, error, attempt);
      if (pauseMs === undefined || pauseMs >= deadline.leftMs()) throw error;
      await deadline.sleep(pauseMs);
    }
  }
}

/** What a failed send says about where the bytes may be. */
function noteFailure(progress: Progress, { code, retry }: TriflowError): void {
  const answered = code !== 'TRANSPORT_FAILED' && code !== 'ABORTED';
  if (answered) progress.phase = 'admit';
  // An internal error or an answer that cannot be read may come after the bytes were taken.
  const unclear = answered ? retry === 'same' : retry === 'never';
  if (unclear) progress.maybeTaken = true;
}

/** Asks what became of a transaction, waiting at the node while it is pending. */
export async function askOutcome(
  core: ClientCore,
  transaction: SignedTransaction,
  deadline: Deadline,
): Promise<OutcomeAnswer> {
  for (let attempt = 0; ; attempt += 1) {
    const waitMs = waitTime(deadline);
    const call = {
      route: transactionRoutes.getOutcome,
      params: { id: textFromTxId(transaction.txId) },
      query: { wait: Math.floor(waitMs / 1_000) },
      waitMs,
    };
    try {
      const expected = core.chain.expected();
      const answered = await callOnce(core, expected, deadline, call, outcomeSchema);
      return sameTransaction(transaction, answered.value);
    } catch (error) {
      if (!isTriflowError(error)) throw error;
      const pauseMs = retryPause(core, error, attempt);
      if (pauseMs === undefined || pauseMs >= deadline.leftMs()) throw error;
      await deadline.sleep(pauseMs);
    }
  }
}

/** A send that breaks off may have arrived all the same. */
function watched(
  core: ClientCore,
  progress: Progress,
): Pick<ClientCore, 'transport' | 'environment'> {
  const { transport, environment } = core;
  const onLost = (): void => {
    progress.maybeTaken = true;
  };
  return {
    environment,
    transport: {
      ...transport,
      request: (request, context) => transport.request(request, { ...context, onLost }),
    },
  };
}

function sameTransaction(transaction: SignedTransaction, answer: OutcomeAnswer): OutcomeAnswer {
  if (answer.txId === textFromTxId(transaction.txId)) return answer;
  throw new TriflowError('VERIFICATION_FAILED', 'the node speaks of another transaction');
}

/** Leaves time to hear the answer and to check its proof. */
function waitTime(deadline: Deadline): number {
  return Math.max(0, Math.min(WAIT_MS, limits.waitMsMax, deadline.leftMs() - 1_000));
}
