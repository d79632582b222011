import { CodedError, type ErrorCode, errorCodes, type RetryClass } from '@triflow/protocol';

/**
 * Where time ran out or a step failed: no node was reached; bytes were sent and no node said that
 * it took them; a node holds them and no block does; waiting for the block that settles them;
 * checking the proof.
 */
export type Phase = 'connect' | 'admit' | 'order' | 'commit' | 'verify';

export interface TriflowErrorOptions {
  readonly details?: Record<string, unknown>;
  readonly cause?: unknown;
  readonly retry?: RetryClass;
  readonly phase?: Phase;
  readonly requestId?: string;
  /** The node that gave the answer, as its URL. */
  readonly node?: string;
  readonly retryAfterMs?: number;
}

/** What every call of the SDK throws: a code, whether to try again, and where it stopped. */
export class TriflowError extends CodedError {
  readonly retry: RetryClass;
  readonly phase: Phase | undefined;
  readonly requestId: string | undefined;
  readonly node: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode | (string & {}), message: string, options: TriflowErrorOptions = {}) {
    super(code, message, {
      ...(options.details === undefined ? {} : { details: options.details }),
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
    this.retry = options.retry ?? retryOf(code);
    this.phase = options.phase;
    this.requestId = options.requestId;
    this.node = options.node;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Whether a thrown value is an error of the SDK, optionally with a given code. */
export function isTriflowError(error: unknown, code?: string): error is TriflowError {
  return error instanceof TriflowError && (code === undefined || error.code === code);
}

/** The same error, saying in which phase it happened. */
export function withPhase(error: TriflowError, phase: Phase): TriflowError {
  if (error.phase !== undefined) return error;
  const { details, cause, retry, requestId, node, retryAfterMs } = error;
  return new TriflowError(error.code, error.message, {
    details,
    cause,
    retry,
    phase,
    ...(requestId === undefined ? {} : { requestId }),
    ...(node === undefined ? {} : { node }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function retryOf(code: string): RetryClass {
  return isErrorCode(code) ? errorCodes[code].retry : 'never';
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
