import {
  CodedError,
  type ErrorEntry,
  errorCodes,
  errorFromStatusCode,
  type Fault,
  type Status,
} from '@triflow/protocol';
import type { z } from 'zod';
import { type Problem, problemDocs, problemType } from '../routes/problem.js';

/** Where a request is wrong. */
export interface RequestError {
  readonly path: string;
  readonly message: string;
}

interface ProblemFacts {
  readonly detail: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly RequestError[];
  readonly status?: Status;
}

/** Reader's faults that have a code of their own among the requests'. */
const requestFaults = new Map([
  ['json_duplicate_member', 'REQUEST_DUPLICATE_KEY'],
  ['json_numeral_not_safe_integer', 'REQUEST_INVALID'],
  ['message_malformed', 'REQUEST_MALFORMED'],
]);

/** The registry's entry of a code: the node's own, else by the rule for statuses. */
export function errorEntry(code: string): ErrorEntry & { readonly code: string } {
  if (isErrorCode(code)) return { ...errorCodes[code], code };
  return errorFromStatusCode(code.toLowerCase());
}

/** A problem document for a code. */
export function problemOf(code: string, facts: ProblemFacts): Problem {
  const entry = errorEntry(code);
  return {
    type: problemType(entry.code),
    title: entry.title,
    status: entry.httpStatus,
    code: entry.code,
    retry: entry.retry,
    detail: facts.detail,
    docs: problemDocs(entry.code),
    ...(facts.status && { contract: facts.status.contract, number: facts.status.number }),
    details: { ...facts.details },
    errors: [...(facts.errors ?? [])],
  };
}

/** A problem for what pure code or the node found wrong. */
export function problemFromFault(fault: Fault): Problem {
  const { message, path, details = {} } = fault;
  const errors = path === undefined ? [] : [{ path, message }];
  return problemOf(codeOfFault(fault.code), { detail: message, details, errors });
}

/** The `error` of a rejected outcome. */
export function problemFromStatus(status: Status, detail: string): Problem {
  const entry = errorFromStatusCode(status.code);
  return { ...problemOf(entry.code, { detail, status }), ...statusMembers(entry) };
}

/** What to throw for a fault. */
export function errorFromFault(fault: Fault): CodedError {
  const { message, path, details } = fault;
  const errors = path === undefined ? [] : [{ path, message }];
  return new CodedError(codeOfFault(fault.code), message, { details: { ...details, errors } });
}

/** What to throw for a request that has a wrong member. */
export function invalidRequest(path: string, message: string): CodedError {
  return new CodedError('REQUEST_INVALID', `${path} ${message}`, {
    details: { errors: [{ path, message }] },
  });
}

/** What to throw for a request that does not fit its schema. */
export function invalidBySchema(error: z.ZodError, where = ''): CodedError {
  const errors = error.issues.map(({ path, message }): RequestError => {
    return { path: [where, ...path.map(String)].join('/'), message };
  });
  const first = errors[0];
  const detail = first === undefined ? 'the request is wrong' : `${first.path} ${first.message}`;
  return new CodedError('REQUEST_INVALID', detail, { details: { errors } });
}

/** A problem for what was thrown with a code. */
export function problemFromError(error: CodedError): Problem {
  const { errors, ...details } = error.details;
  const list = Array.isArray(errors) ? (errors as readonly RequestError[]) : [];
  return problemOf(error.code, { detail: error.message, details, errors: list });
}

/** An entry of the statuses' rule wins over a node's code of the same name. */
function statusMembers(entry: ErrorEntry): Pick<Problem, 'title' | 'status' | 'retry'> {
  return { title: entry.title, status: entry.httpStatus, retry: entry.retry };
}

function codeOfFault(code: string): string {
  const known = requestFaults.get(code);
  if (known !== undefined) return known;
  return code.startsWith('json_') ? 'REQUEST_MALFORMED' : code.toUpperCase();
}

function isErrorCode(code: string): code is keyof typeof errorCodes {
  return Object.hasOwn(errorCodes, code);
}
