/** What pure code gives back where input may be wrong: a value or a coded fault, never a throw. */
export type Result<T, F = Fault> = { readonly ok: true; readonly value: T } | Failure<F>;

export interface Failure<F = Fault> {
  readonly ok: false;
  readonly fault: F;
}

/** A named reason; `path` points into the offending input (JSON pointer). */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  /** Facts that a program can go on with. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Wraps a good value. */
export function success<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** Names what was wrong with the input. */
export function failure(code: string, message: string, path?: string): Failure {
  return { ok: false, fault: path === undefined ? { code, message } : { code, message, path } };
}
