import { z } from 'zod';
import { heightField } from './fields.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** A failure (RFC 9457), as an answer of its own and as the `error` of a rejected outcome. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  /** The HTTP status, also where the problem stands inside an outcome. */
  status: z.number().int(),
  code: z.string(),
  retry: z.enum(['never', 'same', 'rebuild', 'after']),
  detail: z.string(),
  docs: z.string(),
  requestId: z.string().optional(),
  height: heightField.optional(),
  /** The contract and number of a ledger status. */
  contract: z.string().optional(),
  number: z.number().int().optional(),
  details: z.record(z.string(), z.unknown()),
  /** Each wrong member of the request, by JSON pointer or query name. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })),
});

export type Problem = z.infer<typeof problemSchema>;

/** The `type` of a problem. */
export function problemType(code: string): string {
  return `urn:triflow:error:${code}`;
}

/** Where a code is explained. */
export function problemDocs(code: string): string {
  return `/docs/errors/${code}`;
}
