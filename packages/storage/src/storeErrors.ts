import { CodedError } from '@triflow/protocol';

/** The store is open elsewhere; `pid` of the other process where it is known. */
export function storeLocked(path: string, pid: number | undefined, cause?: unknown): CodedError {
  const who = pid === undefined ? 'pid unknown' : `pid ${pid}`;
  return new CodedError(
    'STORE_LOCKED',
    `the node is running (${who}); use --node or stop it`,
    withCause({ path, ...(pid === undefined ? {} : { pid }) }, cause),
  );
}

/** Something stored cannot be trusted. */
export function storeCorrupt(message: string, facts = {}, cause?: unknown): CodedError {
  return new CodedError('STORE_CORRUPT', message, withCause(facts, cause));
}

/** The disk is full, read-only or failing: whatever was being written may not be there (P9). */
export function storeFull(doing: string, cause?: unknown): CodedError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new CodedError('STORE_FULL', `${doing} failed${why}`, withCause({ doing }, cause));
}

/** The state of a height was given up here; others may still have it. */
export function statePruned(oldest: number): CodedError {
  const message = `state is kept here from height ${oldest}`;
  return new CodedError('CURSOR_PRUNED', message, { details: { oldest } });
}

/** A call after `close`. */
export function storeClosed(): CodedError {
  return new CodedError('ABORTED', 'the store is closed');
}

/** The `code` of an error from the system or the engine. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function withCause(details: Record<string, unknown>, cause: unknown) {
  return cause === undefined ? { details } : { details, cause };
}
