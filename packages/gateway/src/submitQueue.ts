import { CodedError } from '@triflow/protocol';
import { type Client, type CommandInput, isTriflowError, type TriflowError } from '@triflow/sdk';

/** How often a transaction that is proved expired is signed anew. */
const ATTEMPTS_MAX = 5;

/** What the queue needs of a client; tests hand in their own. */
export type Submitter = Pick<Client, 'transaction'>;
export type Committed = Awaited<
  ReturnType<Awaited<ReturnType<Submitter['transaction']>>['commit']>
>;

export interface SubmitQueueOptions {
  readonly client: Submitter;
  /** Transactions under way at once. */
  readonly parallel: number;
  /** Transactions that may wait beside them. */
  readonly waitingMax: number;
  readonly deadlineMs: number;
  /** Milliseconds that only go forward. */
  readonly now?: () => number;
}

export interface SubmitOptions {
  /** From the moment it is handed in until its outcome is known. */
  readonly deadlineMs?: number;
}

/** Signs and submits, so many at once, each within its deadline, first come first served. */
export interface SubmitQueue {
  /**
   * One transaction of these commands. Throws a refusal's own code (its `details.failedCommand`
   * names the command), `RATE_LIMITED` when the queue is full, `OUTCOME_UNKNOWN` when the deadline
   * passed: then it may still take effect, and the caller asks the chain before it tries again.
   */
  submit(commands: readonly CommandInput[], options?: SubmitOptions): Promise<Committed>;
  /** Waiting and under way. */
  readonly pending: number;
  /** Takes no more; resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** Makes a queue in front of a client. */
export function createSubmitQueue(options: SubmitQueueOptions): SubmitQueue {
  const { client, parallel, waitingMax } = options;
  const now = options.now ?? (() => performance.now());
  const waiting: (() => void)[] = [];
  const idle: (() => void)[] = [];
  let running = 0;
  let stopped = false;

  const leave = (): void => {
    running -= 1;
    waiting.shift()?.();
    if (running === 0) for (const done of idle.splice(0)) done();
  };

  return {
    async submit(commands, { deadlineMs = options.deadlineMs } = {}) {
      if (stopped) throw new CodedError('ABORTED', 'the gateway is stopping');
      if (running >= parallel && waiting.length >= waitingMax) {
        throw new CodedError('RATE_LIMITED', `${waiting.length} transactions are waiting already`);
      }
      const lastMs = now() + deadlineMs;
      if (running >= parallel) await new Promise<void>((resolve) => waiting.push(resolve));
      running += 1;
      try {
        if (stopped) throw new CodedError('ABORTED', 'the gateway is stopping');
        return await deliver(client, commands, () => lastMs - now());
      } finally {
        leave();
      }
    },
    get pending() {
      return running + waiting.length;
    },
    async stop() {
      stopped = true;
      if (running > 0) await new Promise<void>((resolve) => idle.push(resolve));
    },
  };
}

/** The same bytes until their end is proved; only what is proved expired is signed anew. */
async function deliver(
  client: Submitter,
  commands: readonly CommandInput[],
  leftMs: () => number,
): Promise<Committed> {
  for (let attempt = 1; ; attempt += 1) {
    if (leftMs() <= 0) throw new CodedError('WAIT_TIMEOUT', 'it was not sent before its deadline');
    try {
      const transaction = await client.transaction([...commands]);
      return await transaction.commit({ timeoutMs: Math.max(1, Math.ceil(leftMs())) });
    } catch (error) {
      if (!isRebuildable(error) || attempt >= ATTEMPTS_MAX) throw error;
    }
  }
}

function isRebuildable(error: unknown): error is TriflowError {
  return (
    isTriflowError(error) && error.retry === 'rebuild' && error.code.startsWith('TRANSACTION_')
  );
}
