import { type EpcisProblem, epcisProblemOf } from '@triflow/api/routes';
import { CodedError, errorCodes, isCodedError } from '@triflow/protocol';
import { type CommandInput, isTriflowError } from '@triflow/sdk';
import type { CaptureEvent, CaptureJob } from './captureJob.js';

/** Ends of an attempt that say nothing about the events: they are tried again later. */
const TRANSIENT: ReadonlySet<string> = new Set([
  'OUTCOME_UNKNOWN',
  'WAIT_TIMEOUT',
  'TRANSPORT_FAILED',
  'RATE_LIMITED',
  'MEMPOOL_FULL',
  'NODE_SYNCING',
  'NODE_HALTED',
  'QUORUM_UNAVAILABLE',
  'TRANSACTION_EXPIRED',
  'TRANSACTION_WINDOW',
  'READ_TOO_OLD',
  'STORE_FULL',
  'ABORTED',
]);
/** Refusals that mean: this name stands for something else already. */
const CONFLICTS: ReadonlySet<string> = new Set(['EVENT_ID_ALREADY_USED']);

/** The command that records one event. */
export function recordCommand(
  { bytes, hash }: CaptureEvent,
  validationLevel: CaptureJob['validationLevel'],
): CommandInput {
  const event = new Uint8Array(Buffer.from(bytes, 'base64'));
  const level = validationLevel === 'conformance' ? {} : { validationLevel };
  return { contract: 'trace', name: 'record_event', params: { event, hash, ...level } };
}

/** Whether a failure says nothing about the events themselves. */
export function isTransient(error: unknown): boolean {
  if (isTriflowError(error) || isCodedError(error)) return TRANSIENT.has(error.code);
  return false;
}

/** Which command of the transaction was refused; undefined when the failure names none. */
export function failedCommand(error: unknown): number | undefined {
  const at = isTriflowError(error) ? error.details.failedCommand : undefined;
  return typeof at === 'number' && at >= 0 ? at : undefined;
}

/** A refusal by the chain as a problem of the standard, pointing at the event. */
export function problemOfRefusal(error: unknown, path: string | undefined): EpcisProblem {
  return epcisProblemOf(codedOf(error, path));
}

/** A refusal in the words of the standard: what the ledger refuses is a validation. */
export function codedOf(error: unknown, path: string | undefined): CodedError {
  if (!isTriflowError(error) && !isCodedError(error)) {
    return new CodedError('INTERNAL', 'this is a bug here', { cause: error });
  }
  const { code, message, details } = error;
  // What is no code of the node's own is a contract's refusal.
  if (Object.hasOwn(errorCodes, code)) {
    return new CodedError(code, message, { details: { ...details }, cause: error });
  }
  const standard = CONFLICTS.has(code) ? 'EPCIS_RESOURCE_EXISTS' : 'EPCIS_VALIDATION';
  const errors = [{ path: path ?? '', code: code.toLowerCase(), message }];
  return new CodedError(standard, `${path ?? ''} ${message}`.trim(), {
    details: { errors },
    cause: error,
  });
}
