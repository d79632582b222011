import { type RetryClass, textFromUtf8 } from '@triflow/protocol';
import { z } from 'zod';
import { TriflowError } from '../errors/triflowError.js';

const problemSchema = z.object({
  title: z.string().optional(),
  code: z.string().regex(/^[A-Z][A-Z0-9_]{0,79}$/),
  retry: z.enum(['never', 'same', 'rebuild', 'after'] satisfies RetryClass[]),
  detail: z.string().optional(),
  requestId: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  errors: z.array(z.unknown()).optional(),
});

export interface ProblemSource {
  readonly node: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** The error of an answer that is not a success (RFC 9457); no problem document: a broken node. */
export function readProblem(source: ProblemSource, body: Uint8Array): TriflowError {
  const parsed = problemSchema.safeParse(jsonOf(body));
  if (!parsed.success) {
    return new TriflowError('TRANSPORT_FAILED', `${source.node} answered ${source.status}`, {
      node: source.node,
      details: { status: source.status },
    });
  }
  const { code, retry, title, detail, details, errors } = parsed.data;
  const requestId = parsed.data.requestId ?? source.requestId;
  return new TriflowError(code, detail ?? title ?? code, {
    retry,
    node: source.node,
    details: { status: source.status, ...details, ...(errors === undefined ? {} : { errors }) },
    ...(requestId === undefined ? {} : { requestId }),
    ...(source.retryAfterMs === undefined ? {} : { retryAfterMs: source.retryAfterMs }),
  });
}

/** JSON of an answer's bytes; undefined when it is none. */
export function jsonOf(body: Uint8Array): unknown {
  const text = textFromUtf8(body);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
