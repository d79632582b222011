import type { Environment } from './environment.js';
import { TriflowError } from './errors/triflowError.js';

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** The end of a call's time: by its own limit or by the caller's signal. */
export interface Deadline {
  readonly signal: AbortSignal;
  readonly leftMs: () => number;
  /** Waits; throws when the deadline comes first. */
  readonly sleep: (delayMs: number) => Promise<void>;
  /** Runs work that may take so long; past that the whole deadline has come. */
  readonly allow: <T>(timeoutMs: number, work: () => Promise<T>) => Promise<T>;
  readonly dispose: () => void;
}

/**
 * Starts a call's time; without a limit it ends by the caller's signal alone. Every deadline is
 * disposed of, so that no timer and no listener outlives its call.
 */
export function startDeadline(
  environment: Environment,
  timeoutMs: number | undefined,
  outer?: AbortSignal,
): Deadline {
  const controller = new AbortController();
  const endsAt = environment.nowMs() + (timeoutMs ?? Number.POSITIVE_INFINITY);
  const abort = (): void => controller.abort(outer?.reason);
  const expireAfter = (ms: number) => {
    return environment.startTimer(ms, () => controller.abort(new TimeRanOut()));
  };
  const stopTimer = timeoutMs === undefined ? () => undefined : expireAfter(timeoutMs);
  if (outer?.aborted === true) abort();
  else outer?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    leftMs: () => Math.max(0, endsAt - environment.nowMs()),
    sleep: (delayMs) => sleep(environment, delayMs, controller.signal),
    allow: async (ms, work) => {
      const stop = expireAfter(ms);
      try {
        return await work();
      } finally {
        stop();
      }
    },
    dispose: () => {
      stopTimer();
      outer?.removeEventListener('abort', abort);
    },
  };
}

/** Runs work under a deadline and disposes of it. */
export async function underDeadline<T>(
  environment: Environment,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly timeoutMs: number | undefined;
  },
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(environment, options.timeoutMs, options.signal);
  try {
    return await work(deadline);
  } finally {
    deadline.dispose();
  }
}

/** Whether a signal ended because time was up, ours or an `AbortSignal.timeout`. */
export function isTimeout(signal: AbortSignal): boolean {
  const reason: unknown = signal.reason;
  if (reason instanceof TimeRanOut) return true;
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

/** The error of a deadline that has passed: `ABORTED` when the caller gave up. */
export function deadlineError(signal: AbortSignal, message: string): TriflowError {
  if (isTimeout(signal)) return new TriflowError('TRANSPORT_FAILED', message);
  return new TriflowError('ABORTED', 'the caller gave up', { cause: signal.reason });
}

class TimeRanOut extends Error {
  override readonly name = 'TimeRanOut';
}

function sleep(environment: Environment, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (): void => reject(deadlineError(signal, 'no time left'));
    if (signal.aborted) {
      refuse();
      return;
    }
    const ended = (): void => {
      stop();
      refuse();
    };
    const stop = environment.startTimer(delayMs, () => {
      signal.removeEventListener('abort', ended);
      resolve();
    });
    signal.addEventListener('abort', ended, { once: true });
  });
}
