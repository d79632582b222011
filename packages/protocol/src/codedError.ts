import type { ErrorCode } from './errorCodes.js';

/** What shells and the SDK throw: a stable code, facts, and the cause. */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  readonly code: ErrorCode | (string & {});
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode | (string & {}),
    message: string,
    options: { readonly details?: Record<string, unknown>; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Whether a thrown value carries a code, optionally a given one. */
export function isCodedError(error: unknown, code?: string): error is CodedError {
  return error instanceof CodedError && (code === undefined || error.code === code);
}
