import {
  batchAnswerSchema,
  TRANSACTION_BATCH_MEDIA_TYPE,
  transactionRoutes,
} from '@triflow/api/routes';
import { encodeGossip, limits } from '@triflow/protocol';
import { callNode } from '../client/callNode.js';
import type { ClientCore } from '../client/clientCore.js';
import { type CallOptions, underDeadline } from '../deadline.js';
import { TriflowError } from '../errors/triflowError.js';
import type { PreparedTransaction } from './preparedTransaction.js';

/** What a node did with one transaction of a batch. */
export interface BatchEntry {
  readonly id: string;
  /** `accepted`, `duplicate`, or the code of a refusal. */
  readonly status: string;
}

/** Sends many signed transactions at once, without waiting for blocks. */
export function sendBatch(
  core: ClientCore,
  transactions: readonly PreparedTransaction[],
  options: CallOptions = {},
): Promise<readonly BatchEntry[]> {
  if (transactions.length < 1 || transactions.length > limits.batchTransactionsMax) {
    const message = `a batch holds 1 to ${limits.batchTransactionsMax} transactions`;
    throw new TriflowError('REQUEST_INVALID', message);
  }
  const { signal, timeoutMs = core.timeoutMs } = options;
  return underDeadline(core.environment, { signal, timeoutMs }, async (deadline) => {
    const call = {
      route: transactionRoutes.submitBatch,
      body: encodeGossip(transactions.map(({ bytes }) => bytes)),
      contentType: TRANSACTION_BATCH_MEDIA_TYPE,
    };
    const expected = core.chain.expected();
    const { value } = await callNode(core, expected, deadline, call, batchAnswerSchema);
    return transactions.map(({ id }, index) => {
      return { id, status: value.results[index]?.status ?? 'OUTCOME_UNKNOWN' };
    });
  });
}
